import { Hono } from 'hono';
import { conflictText } from '../../core/schemas/compatibility.ts';
import { readSettings } from '../../stores/schemas/subjects.ts';
import { type SchemaVersion, versionsOf } from '../../stores/schemas/versions.ts';
import { answer } from '../http/answer.ts';
import type { ApiContext } from '../http/api-context.ts';
import { checkedQuery } from '../http/checked-query.ts';
import { compatibleSchema, sentSchemaSchema, subjectSchema, verboseQuerySchema } from './operation.ts';
import { conflictsOf, readSent } from './register.ts';
import { readBody, readName } from './requests.ts';
import { versionAt } from './subject-routes.ts';

/** `/registry/compatibility`: whether a schema would be taken, without taking it. */
export const compatibilityRoutes = new Hono<ApiContext>()
  .post('/subjects/:subject/versions', async (c) => {
    const subject = readName(subjectSchema, c.req.param('subject'));
    const versions = (await versionsOf(c.env, c.get('site').id, subject)).filter(({ isDeleted }) => !isDeleted);
    return verdict(c.env, c.get('site').id, c.req.raw, { subject, versions }, c.req.query());
  })
  .post('/subjects/:subject/versions/:version', async (c) => {
    const subject = readName(subjectSchema, c.req.param('subject'));
    const version = await versionAt(c.env, c.get('site').id, c.req.param(), false);
    return verdict(c.env, c.get('site').id, c.req.raw, { subject, versions: [version] }, c.req.query());
  });

async function verdict(
  env: Env,
  site: string,
  request: Request,
  { subject, versions }: { readonly subject: string; readonly versions: readonly SchemaVersion[] },
  query: Record<string, string>,
): Promise<Response> {
  const { verbose } = checkedQuery(verboseQuerySchema, query);
  const schema = await readSent(env, site, await readBody(request, sentSchemaSchema));
  const { inForce } = await readSettings(env, site, subject);
  const conflicts = await conflictsOf(env, site, schema, versions, inForce);
  const messages = conflicts.map(conflictText);
  return answer(compatibleSchema, { is_compatible: conflicts.length === 0, ...(verbose && { messages }) });
}
