import { Hono } from 'hono';
import type { Door } from '../../core/schemas/door.ts';
import { forgetDoors } from '../../stores/schemas/current-doors.ts';
import { readSettings } from '../../stores/schemas/subjects.ts';
import {
  deleteVersions,
  listSubjects,
  purgeVersions,
  referringIds,
  type SchemaVersion,
  versionsOf,
} from '../../stores/schemas/versions.ts';
import { answer } from '../http/answer.ts';
import type { ApiContext } from '../http/api-context.ts';
import { checkedQuery } from '../http/checked-query.ts';
import {
  deletedQuerySchema,
  idSchema,
  normalizeQuerySchema,
  numbersSchema,
  sentSchemaSchema,
  subjectSchema,
  subjectsQuerySchema,
  subjectsSchema,
  versionSchema,
} from './operation.ts';
import { readSent, register, sameAmong, textOf } from './register.ts';
import { registryError } from './registry-error.ts';
import { mustBeOwn, readBody, readName, readNumber } from './requests.ts';

/** `/registry/subjects`: names, their versions, and what makes a new one. */
export const subjectRoutes = new Hono<ApiContext>()
  .get('/', async (c) => {
    const { subjectPrefix, deleted, offset, limit } = checkedQuery(subjectsQuerySchema, c.req.query());
    const names = await listSubjects(c.env, c.get('site').id, subjectPrefix, deleted);
    return answer(subjectsSchema, names.slice(offset, limit < 0 ? undefined : offset + limit));
  })
  .post('/:subject', async (c) => {
    const subject = readName(subjectSchema, c.req.param('subject'));
    const { normalize, deleted } = checkedQuery(normalizeQuerySchema, c.req.query());
    const sent = await readBody(c.req.raw, sentSchemaSchema);
    const site = c.get('site').id;
    const versions = (await subjectOf(c.env, site, subject, deleted)).filter(({ isDeleted }) => deleted || !isDeleted);
    const schema = await readSent(c.env, site, sent);
    const same = sameAmong(versions, schema, textOf(schema, normalize), sent.references);
    if (!same) throw registryError(40403, `"${subject}" has no such schema.`);
    return answer(versionSchema, described(same));
  })
  .delete('/:subject', async (c) => {
    const subject = readName(subjectSchema, c.req.param('subject'));
    const { permanent } = checkedQuery(deletedQuerySchema, c.req.query());
    return remove(c.env, c.get('site').id, subject, permanent);
  })
  .get('/:subject/versions', async (c) => {
    const subject = readName(subjectSchema, c.req.param('subject'));
    const { deleted, deletedOnly } = checkedQuery(deletedQuerySchema, c.req.query());
    const versions = await subjectOf(c.env, c.get('site').id, subject, deleted || deletedOnly);
    return answer(
      numbersSchema,
      versions
        .filter(({ isDeleted }) => (isDeleted ? deleted || deletedOnly : !deletedOnly))
        .map(({ version }) => version),
    );
  })
  .post('/:subject/versions', async (c) => {
    const subject = readName(subjectSchema, c.req.param('subject'));
    const { normalize } = checkedQuery(normalizeQuerySchema, c.req.query());
    const sent = await readBody(c.req.raw, sentSchemaSchema);
    const { id } = await register(c.env, c.get('site').id, subject, sent, normalize);
    return answer(idSchema, { id });
  })
  .get('/:subject/versions/:version', async (c) => {
    const { deleted } = checkedQuery(deletedQuerySchema, c.req.query());
    return answer(versionSchema, described(await versionAt(c.env, c.get('site').id, c.req.param(), deleted)));
  })
  .get('/:subject/versions/:version/schema', async (c) => {
    const { deleted } = checkedQuery(deletedQuerySchema, c.req.query());
    const { text } = await versionAt(c.env, c.get('site').id, c.req.param(), deleted);
    return new Response(text, { headers: { 'content-type': 'application/json' } });
  })
  .get('/:subject/versions/:version/referencedby', async (c) => {
    const { subject, version } = await versionAt(c.env, c.get('site').id, c.req.param(), true);
    return answer(numbersSchema, await referringIds(c.env, c.get('site').id, subject, version));
  })
  .delete('/:subject/versions/:version', async (c) => {
    const { permanent } = checkedQuery(deletedQuerySchema, c.req.query());
    const { subject, version } = await versionAt(c.env, c.get('site').id, c.req.param(), permanent);
    return remove(c.env, c.get('site').id, subject, permanent, version);
  });

/** Deletes a version, or all: softly first, for good afterwards. */
async function remove(env: Env, site: string, subject: string, permanent: boolean, only?: number): Promise<Response> {
  mustBeOwn(subject);
  const { own, inForce } = await readSettings(env, site, subject);
  if (inForce.mode === 'READONLY')
    throw registryError(42205, `"${subject}" lets nothing be deleted: its mode is READONLY.`);
  const all = await subjectOf(env, site, subject, permanent);
  const versions = all.filter(({ version }) => only === undefined || version === only);
  if (permanent) {
    const live = versions.find(({ isDeleted }) => !isDeleted);
    if (live && only === undefined)
      throw registryError(40405, `"${subject}" must be deleted softly before it is deleted for good.`);
    if (live)
      throw registryError(
        40407,
        `Version ${live.version} of "${subject}" must be deleted softly before it is deleted for good.`,
      );
  }
  const due = versions.filter(({ isDeleted }) => isDeleted === permanent);
  for (const { version } of due) {
    const [by] = await referringIds(env, site, subject, version);
    if (by !== undefined)
      throw registryError(42206, `Version ${version} of "${subject}" is what the schema with id ${by} refers to.`);
  }
  const numbers = due.map(({ version }) => version);
  if (!permanent) mustNotDisarm(subject, own.door, all, numbers);
  if (permanent) await purgeVersions(env, site, subject, numbers);
  else await deleteVersions(env, site, subject, numbers, Date.now());
  forgetDoors(site);
  return only === undefined ? answer(numbersSchema, numbers) : Response.json(only);
}

/** A door that holds events against a version would let all in without it, and nobody would hear of it. */
function mustNotDisarm(
  subject: string,
  door: Door | null,
  versions: readonly SchemaVersion[],
  gone: readonly number[],
): void {
  if (!door || door.mode === 'off') return;
  const isLeft = versions.some((one) => !one.isDeleted && !gone.includes(one.version) && one.type === 'JSON');
  const isHeld = door.version === null ? !isLeft && door.constraints.length === 0 : gone.includes(door.version);
  if (!isHeld) return;
  const message = `Events of "${subject}" are held against it (${door.mode}). Switch that off first: PUT /api/schemas/${subject}/door.`;
  throw registryError(42206, message);
}

/** The versions of a subject. @throws 40401 where there is none. */
async function subjectOf(env: Env, site: string, subject: string, deleted: boolean): Promise<SchemaVersion[]> {
  const versions = await versionsOf(env, site, subject);
  if (!versions.some(({ isDeleted }) => deleted || !isDeleted))
    throw registryError(40401, `There is no subject "${subject}".`);
  return versions;
}

/** A version by its number, or `latest`. @throws 40401, 40402 or 42202. */
export async function versionAt(
  env: Env,
  site: string,
  { subject: name, version }: { readonly subject: string; readonly version: string },
  deleted: boolean,
): Promise<SchemaVersion> {
  const subject = readName(subjectSchema, name);
  const number = version === 'latest' || version === '-1' ? undefined : readNumber(version);
  const versions = (await subjectOf(env, site, subject, deleted)).filter(({ isDeleted }) => deleted || !isDeleted);
  const found = number === undefined ? versions.at(-1) : versions.find((one) => one.version === number);
  if (!found)
    throw registryError(40402, `"${subject}" has no version ${version}; the newest is ${versions.at(-1)?.version}.`);
  return found;
}

function described({ subject, version, id, type, text, references }: SchemaVersion) {
  return { subject, version, id, schemaType: type, references, schema: text };
}
