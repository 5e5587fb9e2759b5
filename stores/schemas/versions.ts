import { z } from 'zod';
import { BUILTIN_PREFIX, BUILTIN_SCHEMAS, type BuiltinSchema } from '../../core/schemas/builtin-schemas.ts';
import {
  type Reference,
  type ReferredText,
  type RegisteredSchema,
  readSchema,
  SCHEMA_TYPES,
} from '../../core/schemas/registered-schema.ts';
import { sha256Hex } from '../../core/sha256-hex.ts';

/** The built-in subject of a name, which is the same for every site and stands in no table. */
function builtinVersions(subject: string): SchemaVersion[] {
  return BUILTIN_SCHEMAS.filter((one) => one.subject === subject).map(builtinVersion);
}

function builtinVersion({ subject, version, id, text }: BuiltinSchema): SchemaVersion {
  return { subject, version, id, type: 'JSON', text, references: [], isDeleted: false };
}

const referenceSchema = z.object({ name: z.string(), subject: z.string(), version: z.int() });
const rowSchema = z
  .object({
    subject: z.string(),
    version: z.int(),
    id: z.int(),
    type: z.enum(SCHEMA_TYPES),
    schema: z.string(),
    refs: z.string().transform((text) => z.array(referenceSchema).parse(JSON.parse(text))),
    deleted_at: z.int().nullable(),
  })
  .transform(({ deleted_at: deletedAt, schema: text, refs: references, ...row }) => ({
    ...row,
    text,
    references,
    isDeleted: deletedAt !== null,
  }));
/** A version of a subject, as it stands in the registry. */
export type SchemaVersion = z.infer<typeof rowSchema>;

const SELECT = `SELECT v.subject, v.version, v.id, v.deleted_at, s.type, s.schema, s.refs
  FROM schema_versions v JOIN schemas s ON s.site = v.site AND s.id = v.id`;

/** The versions of a subject, also those that were deleted softly, oldest first. */
export async function versionsOf(env: Env, site: string, subject: string): Promise<SchemaVersion[]> {
  if (subject.startsWith(BUILTIN_PREFIX)) return builtinVersions(subject);
  const { results } = await env.DB.prepare(`${SELECT} WHERE v.site = ? AND v.subject = ? ORDER BY v.version`)
    .bind(site, subject)
    .all();
  return z.array(rowSchema).parse(results);
}

/** Versions that use a schema, also those that were deleted softly. */
export async function versionsWithId(env: Env, site: string, id: number): Promise<SchemaVersion[]> {
  const builtin = BUILTIN_SCHEMAS.filter((one) => one.id === id);
  if (builtin.length > 0) return builtin.map(builtinVersion);
  const { results } = await env.DB.prepare(`${SELECT} WHERE v.site = ? AND v.id = ? ORDER BY v.subject, v.version`)
    .bind(site, id)
    .all();
  return z.array(rowSchema).parse(results);
}

/** The version of each subject that holds, in JSON Schema: the one that is named, or the newest; none where there is none. In one statement. */
export async function heldVersions(
  env: Env,
  site: string,
  wanted: readonly (readonly [subject: string, version: number | null])[],
): Promise<Map<string, SchemaVersion>> {
  const { results } = await env.DB.prepare(
    `${SELECT} JOIN json_each(?2) d ON v.subject = d.value ->> 0
       WHERE v.site = ?1 AND v.deleted_at IS NULL AND s.type = 'JSON' AND v.version = COALESCE(d.value ->> 1,
         (SELECT MAX(w.version) FROM schema_versions w JOIN schemas t ON t.site = w.site AND t.id = w.id
            WHERE w.site = ?1 AND w.subject = v.subject AND w.deleted_at IS NULL AND t.type = 'JSON'))`,
  )
    .bind(site, JSON.stringify(wanted))
    .all();
  return new Map(
    z
      .array(rowSchema)
      .parse(results)
      .map((row) => [row.subject, row]),
  );
}

/** How many subjects a site has. */
export async function countSubjects(env: Env, site: string): Promise<number> {
  const row = await env.DB.prepare('SELECT COUNT(DISTINCT subject) AS subjects FROM schema_versions WHERE site = ?')
    .bind(site)
    .first<{ subjects: number }>();
  return row?.subjects ?? 0;
}

/** A version by its number, unless it was deleted. */
export async function readVersion(
  env: Env,
  site: string,
  subject: string,
  version: number,
): Promise<SchemaVersion | undefined> {
  if (subject.startsWith(BUILTIN_PREFIX)) return builtinVersions(subject).find((one) => one.version === version);
  const row = await env.DB.prepare(
    `${SELECT} WHERE v.site = ? AND v.subject = ? AND v.version = ? AND v.deleted_at IS NULL`,
  )
    .bind(site, subject, version)
    .first();
  return row ? rowSchema.parse(row) : undefined;
}

/**
 * The names of subjects with versions, in their order; built-in ones, which nobody is to copy or to delete with all others, only where the prefix asks
 * for them; `deleted` counts those whose versions are all deleted softly.
 */
export async function listSubjects(env: Env, site: string, prefix: string, deleted: boolean): Promise<string[]> {
  if (prefix.startsWith(BUILTIN_PREFIX))
    return BUILTIN_SCHEMAS.map(({ subject }) => subject)
      .filter((subject) => subject.startsWith(prefix))
      .sort();
  const { results } = await env.DB.prepare(
    `SELECT DISTINCT subject FROM schema_versions
       WHERE site = ?1 AND substr(subject, 1, length(?2)) = ?2 AND (?3 OR deleted_at IS NULL) ORDER BY subject`,
  )
    .bind(site, prefix, deleted ? 1 : 0)
    .all<{ subject: string }>();
  return results.map(({ subject }) => subject);
}

/** Other schemas' texts that references lead to, each after what it refers to itself; or the reference that leads nowhere. */
export async function readReferences(
  env: Env,
  site: string,
  references: readonly Reference[],
): Promise<{ readonly texts: ReferredText[] } | { readonly missing: Reference }> {
  const texts = new Map<string, string>();
  const begun = new Set<string>();
  const follow = async (given: readonly Reference[]): Promise<Reference | undefined> => {
    for (const next of given) {
      if (begun.has(next.name)) continue;
      begun.add(next.name);
      const found = begun.size > MAX_REFERENCES ? undefined : await readVersion(env, site, next.subject, next.version);
      if (!found) return next;
      const missing = await follow(found.references);
      if (missing) return missing;
      texts.set(next.name, found.text);
    }
    return undefined;
  };
  const missing = await follow(references);
  return missing ? { missing } : { texts: [...texts].map(([name, text]) => ({ name, text })) };
}
/** Schemas that one schema may lead to. */
const MAX_REFERENCES = 32;

/** A version with its schema read; nothing where what it refers to is gone. */
export async function readRegistered(
  env: Env,
  site: string,
  version: SchemaVersion,
): Promise<RegisteredSchema | undefined> {
  const referred = await readReferences(env, site, version.references);
  if ('missing' in referred) return undefined;
  const read = readSchema(version.type, version.text, referred.texts);
  return 'schema' in read ? read.schema : undefined;
}

/** A schema that is to be the next version. */
export interface NewVersion {
  readonly subject: string;
  readonly text: string;
  readonly type: string;
  readonly references: readonly Reference[];
  /** The newest version that it was checked against, 0 where there is none. */
  readonly after: number;
}

/**
 * Makes a schema the next version of its subject, under the id of an equal schema of the site if there is one.
 *
 * @returns what it became; nothing where another version came in between, so that it is to be checked anew.
 */
export async function insertVersion(
  env: Env,
  site: string,
  { subject, text, type, references, after }: NewVersion,
  now: number,
): Promise<{ readonly version: number; readonly id: number } | undefined> {
  const refs = JSON.stringify(references);
  const hash = await schemaHash(type, text, references);
  const [, inserted] = await env.DB.batch<{ version: number; id: number }>([
    env.DB.prepare(
      `INSERT OR IGNORE INTO schemas (site, id, type, schema, refs, hash)
         SELECT ?1, COALESCE(MAX(id), 0) + 1, ?2, ?3, ?4, ?5 FROM schemas WHERE site = ?1`,
    ).bind(site, type, text, refs, hash),
    env.DB.prepare(
      `INSERT INTO schema_versions (site, subject, version, id, created_at)
         SELECT ?1, ?2, COALESCE(MAX(version), 0) + 1, (SELECT id FROM schemas WHERE site = ?1 AND hash = ?3), ?4
           FROM schema_versions WHERE site = ?1 AND subject = ?2 HAVING COALESCE(MAX(version), 0) = ?5
         RETURNING version, id`,
    ).bind(site, subject, hash, now, after),
  ]);
  return inserted?.results[0];
}

/** What equal schemas have in common, hex. */
export function schemaHash(type: string, text: string, references: readonly Reference[]): Promise<string> {
  const refs = references.map(({ name, subject, version }) => [name, subject, version]);
  return sha256Hex(JSON.stringify([type, text, refs]));
}

/** Deletes versions softly: they keep their numbers and ids, and are not read any more. */
export async function deleteVersions(
  env: Env,
  site: string,
  subject: string,
  versions: readonly number[],
  now: number,
): Promise<void> {
  await env.DB.prepare(
    `UPDATE schema_versions SET deleted_at = ?3 WHERE site = ?1 AND subject = ?2 AND deleted_at IS NULL
       AND version IN (SELECT value FROM json_each(?4))`,
  )
    .bind(site, subject, now, JSON.stringify(versions))
    .run();
}

/** Deletes versions for good. Their schemas keep their ids, so that data that bear them can be read. */
export async function purgeVersions(
  env: Env,
  site: string,
  subject: string,
  versions: readonly number[],
): Promise<void> {
  await env.DB.prepare(
    'DELETE FROM schema_versions WHERE site = ?1 AND subject = ?2 AND version IN (SELECT value FROM json_each(?3))',
  )
    .bind(site, subject, JSON.stringify(versions))
    .run();
}

/** The ids of schemas that refer to a version, unless all of their versions are deleted. */
export async function referringIds(env: Env, site: string, subject: string, version: number): Promise<number[]> {
  const { results } = await env.DB.prepare(
    `SELECT DISTINCT s.id FROM schemas s JOIN schema_versions v ON v.site = s.site AND v.id = s.id AND v.deleted_at IS NULL,
         json_each(s.refs) r
       WHERE s.site = ?1 AND r.value ->> 'subject' = ?2 AND r.value ->> 'version' = ?3 ORDER BY s.id`,
  )
    .bind(site, subject, version)
    .all<{ id: number }>();
  return results.map(({ id }) => id);
}

/** A schema by its id, whatever became of its versions. */
export async function readSchemaById(
  env: Env,
  site: string,
  id: number,
): Promise<{ readonly type: string; readonly text: string; readonly references: readonly Reference[] } | undefined> {
  const builtin = BUILTIN_SCHEMAS.find((one) => one.id === id);
  if (builtin) return { type: 'JSON', text: builtin.text, references: [] };
  const row = await env.DB.prepare('SELECT type, schema, refs FROM schemas WHERE site = ? AND id = ?')
    .bind(site, id)
    .first<{ type: string; schema: string; refs: string }>();
  if (!row) return undefined;
  return { type: row.type, text: row.schema, references: z.array(referenceSchema).parse(JSON.parse(row.refs)) };
}

/** The newest version of each subject that has one. */
export async function latestVersions(env: Env, site: string): Promise<Map<string, number>> {
  const { results } = await env.DB.prepare(
    'SELECT subject, MAX(version) AS version FROM schema_versions WHERE site = ? AND deleted_at IS NULL GROUP BY subject',
  )
    .bind(site)
    .all<{ subject: string; version: number }>();
  return new Map(results.map(({ subject, version }) => [subject, version]));
}
