import { Hono } from 'hono';
import { SCHEMA_TYPES } from '../../core/schemas/registered-schema.ts';
import { readSchemaById, versionsWithId } from '../../stores/schemas/versions.ts';
import { answer } from '../http/answer.ts';
import type { ApiContext } from '../http/api-context.ts';
import { checkedQuery } from '../http/checked-query.ts';
import { byIdSchema, deletedQuerySchema, subjectsSchema, subjectVersionsSchema } from './operation.ts';
import { registryError } from './registry-error.ts';
import { readNumber } from './requests.ts';

/** `/registry/schemas`: schemas by the ids that encoded data bear. */
export const schemaRoutes = new Hono<ApiContext>()
  .get('/types', () => answer(subjectsSchema, [...SCHEMA_TYPES]))
  .get('/ids/:id', async (c) => {
    const { type, text, references } = await schemaAt(c.env, c.get('site').id, c.req.param('id'));
    return answer(byIdSchema, { schema: text, schemaType: type, references });
  })
  .get('/ids/:id/schema', async (c) => {
    const { text } = await schemaAt(c.env, c.get('site').id, c.req.param('id'));
    return new Response(text, { headers: { 'content-type': 'application/json' } });
  })
  .get('/ids/:id/subjects', async (c) => {
    const versions = await used(c.env, c.get('site').id, c.req.param('id'), c.req.query());
    return answer(subjectsSchema, [...new Set(versions.map(({ subject }) => subject))]);
  })
  .get('/ids/:id/versions', async (c) => {
    const versions = await used(c.env, c.get('site').id, c.req.param('id'), c.req.query());
    return answer(
      subjectVersionsSchema,
      versions.map(({ subject, version }) => ({ subject, version })),
    );
  });

async function used(env: Env, site: string, id: string, query: Record<string, string>) {
  const { deleted } = checkedQuery(deletedQuerySchema, query);
  await schemaAt(env, site, id);
  return (await versionsWithId(env, site, readNumber(id))).filter(({ isDeleted }) => deleted || !isDeleted);
}

async function schemaAt(env: Env, site: string, id: string) {
  const found = await readSchemaById(env, site, readNumber(id));
  if (!found) throw registryError(40403, `There is no schema with id ${id}.`);
  return found;
}
