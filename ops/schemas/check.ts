import { misspeltKeywords } from '../../core/schemas/json/unknown-keywords.ts';
import { readSchema } from '../../core/schemas/registered-schema.ts';
import type { TypedProperties } from './recent-events.ts';
import { referredBy } from './referred.ts';
import type { registryApi } from './registry-api.ts';
import type { SchemaFile } from './schema-files.ts';

/** What was found out about a file: faults keep it from being registered. */
export interface Checked {
  readonly file: SchemaFile;
  readonly faults: readonly string[];
  /** What it is or would be, in a line. */
  readonly verdict: string;
  readonly isNew: boolean;
}

/**
 * Whether a schema could be the next version of its subject: whether it means something, goes together with those before it, and what it would
 * have refused of what really came.
 */
export async function checkFile(
  file: SchemaFile,
  registry: ReturnType<typeof registryApi>,
  folder: readonly SchemaFile[],
  events: readonly TypedProperties[],
): Promise<Checked> {
  const { referred, awaited } = await referredBy(file, registry, folder);
  const texts = [...referred, ...awaited.map(({ subject, text }) => ({ name: subject, text }))];
  const read = readSchema(file.type, file.text, texts);
  if ('faults' in read) return { file, faults: read.faults, verdict: 'is no schema', isNew: false };
  const { schema } = read;
  const misspelt = schema.type === 'JSON' ? misspeltKeywords(schema.json.root) : [];
  if (misspelt.length > 0) return { file, faults: misspelt, verdict: 'does not say what it seems to', isNew: false };
  if (awaited.length > 0) {
    const names = awaited.map(({ subject }) => `"${subject}"`).join(', ');
    return { file, faults: [], verdict: `can be registered after ${names}, which it refers to`, isNew: true };
  }
  const held = await registry.same(file, referred);
  if (held) return { file, faults: [], verdict: `is version ${held.version}`, isNew: false };
  const versions = await registry.versions(file.subject);
  const next = (versions.at(-1) ?? 0) + 1;
  const conflicts = versions.length === 0 ? [] : await registry.conflicts(file, referred);
  const own = schema.type === 'JSON' ? events.filter(({ type }) => type === file.subject) : [];
  const failing = own.flatMap(({ properties }) =>
    schema.type === 'JSON' ? schema.json.faults(properties, 'properties').slice(0, 1) : [],
  );
  const past =
    own.length === 0
      ? 'no event of this type has come'
      : `${failing.length} of the last ${own.length} events would fail`;
  const examples = failing.length === 0 ? '' : `, e.g. ${failing[0]}`;
  const level = await registry.level(file.subject);
  const verdict =
    conflicts.length > 0
      ? `cannot be version ${next} under ${level}`
      : `fits as version ${next}${next === 1 ? '' : ` under ${level}`}`;
  return { file, faults: conflicts, verdict: `${verdict}; ${past}${examples}`, isNew: conflicts.length === 0 };
}
