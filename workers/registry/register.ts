import {
  type Conflict,
  conflictsWith,
  conflictText,
  type Earlier,
  type Level,
} from '../../core/schemas/compatibility.ts';
import type { ContentModel } from '../../core/schemas/json/comparison.ts';
import {
  type Reference,
  type RegisteredSchema,
  readSchema,
  SCHEMA_TYPES,
} from '../../core/schemas/registered-schema.ts';
import { forgetDoors } from '../../stores/schemas/current-doors.ts';
import { readSettings } from '../../stores/schemas/subjects.ts';
import {
  countSubjects,
  insertVersion,
  readReferences,
  readRegistered,
  type SchemaVersion,
  versionsOf,
} from '../../stores/schemas/versions.ts';
import { registryError } from './registry-error.ts';
import { mustBeOwn } from './requests.ts';

/** A schema as a client sends it. */
export interface SentSchema {
  readonly schema: string;
  readonly schemaType?: string | undefined;
  readonly references?: readonly Reference[] | undefined;
}

/** A version of a subject that a schema is. */
export interface Registered {
  readonly subject: string;
  readonly id: number;
  readonly version: number;
  readonly schema: string;
}

/** How often a registration that another one overtakes is checked anew. */
const MAX_ATTEMPTS = 20;
/** Subjects of a site, at most. */
const MAX_SUBJECTS = 2_000;
/** Versions of a subject, at most. */
const MAX_VERSIONS = 200;

/** What was sent, as a schema. @throws 42201 that says what is wrong, a line a place. */
export async function readSent(
  env: Env,
  site: string,
  { schema, schemaType = 'AVRO', references = [] }: SentSchema,
): Promise<RegisteredSchema> {
  const type = SCHEMA_TYPES.find((one) => one === schemaType);
  if (!type)
    throw registryError(
      42201,
      `schemaType: ${schemaType.slice(0, 32)} is not taken; there are ${SCHEMA_TYPES.join(', ')}.`,
    );
  const referred = await readReferences(env, site, references);
  if ('missing' in referred) {
    const { name, subject, version } = referred.missing;
    throw registryError(42201, `references: "${name}" is version ${version} of "${subject}", which there is not.`);
  }
  const read = readSchema(type, schema, referred.texts);
  if ('faults' in read) throw registryError(42201, `The schema is not valid: ${read.faults.join('; ')}.`);
  return read.schema;
}

/** The text under which a schema is kept: as it was written, or whatever the order of its members. */
export function textOf(schema: RegisteredSchema, normalize: boolean): string {
  return normalize ? schema.normalized : schema.text;
}

/**
 * Registers a schema as the next version of a subject, unless it is one already.
 *
 * @throws 42201, 42205 where the subject takes none, 409 where the schema does not go together with those before it.
 */
export async function register(
  env: Env,
  site: string,
  subject: string,
  sent: SentSchema,
  normalize: boolean,
): Promise<Registered> {
  const schema = await readSent(env, site, sent);
  const { inForce } = await readSettings(env, site, subject);
  const text = textOf(schema, normalize);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const versions = await versionsOf(env, site, subject);
    const live = versions.filter(({ isDeleted }) => !isDeleted);
    const same = sameAmong(live, schema, text, sent.references);
    if (same) return { subject, id: same.id, version: same.version, schema: same.text };
    mustBeOwn(subject);
    if (inForce.mode === 'READONLY')
      throw registryError(42205, `"${subject}" takes no new versions: its mode is READONLY.`);
    if (versions.length >= MAX_VERSIONS)
      throw registryError(
        42205,
        `"${subject}" has ${versions.length} versions; delete some for good before you register another.`,
      );
    if (versions.length === 0 && (await countSubjects(env, site)) >= MAX_SUBJECTS)
      throw registryError(42205, `There are ${MAX_SUBJECTS} subjects, which is as many as there may be.`);
    const conflicts = await conflictsOf(env, site, schema, live, inForce);
    const after = versions.at(-1)?.version ?? 0;
    if (conflicts.length > 0) throw incompatible(subject, conflicts, inForce.compatibility, after + 1);
    const references = sent.references ?? [];
    const inserted = await insertVersion(
      env,
      site,
      { subject, text, type: schema.type, references, after },
      Date.now(),
    );
    if (!inserted) continue;
    forgetDoors(site);
    return { subject, ...inserted, schema: text };
  }
  throw registryError(50002, `"${subject}" is being changed by others. Ask again.`);
}

/** The version that is a schema already; nothing where none is. */
export function sameAmong(
  versions: readonly SchemaVersion[],
  schema: RegisteredSchema,
  text: string,
  references: readonly Reference[] = [],
): SchemaVersion | undefined {
  const key = ({ name, subject, version }: Reference) => JSON.stringify([name, subject, version]);
  const wanted = references.map(key).join();
  return versions.findLast(
    (held) => held.type === schema.type && held.text === text && held.references.map(key).join() === wanted,
  );
}

/** What keeps a schema from following the given versions. What refers to something that is gone binds nobody. */
export async function conflictsOf(
  env: Env,
  site: string,
  schema: RegisteredSchema,
  versions: readonly SchemaVersion[],
  { compatibility, contentModel }: { readonly compatibility: Level; readonly contentModel: ContentModel },
): Promise<Conflict[]> {
  if (compatibility === 'NONE') return [];
  const asked = compatibility.endsWith('_TRANSITIVE') ? versions : versions.slice(-1);
  const earlier: Earlier[] = [];
  for (const one of asked) {
    const read = await readRegistered(env, site, one);
    if (read) earlier.push({ version: one.version, schema: read });
  }
  return conflictsWith(schema, earlier, compatibility, contentModel);
}

function incompatible(subject: string, conflicts: readonly Conflict[], level: Level, next: number) {
  const [first] = conflicts;
  const message =
    `The schema cannot be version ${next} of "${subject}" under ${level}: ${conflicts.slice(0, 3).map(conflictText).join(' ')}` +
    `${conflicts.length > 3 ? ` And ${conflicts.length - 3} more.` : ''} It would fit as the first version of another subject.`;
  return registryError(409, message, { conflicts, oldSchemaVersion: first?.version, compatibility: level });
}
