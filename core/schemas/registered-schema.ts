import canonicalize from 'canonicalize';
import { compareJsonSchemas } from './json/compare.ts';
import type { ContentModel } from './json/comparison.ts';
import type { NamedDocument, SchemaNode } from './json/document.ts';
import { type JsonSchema, readJsonSchema } from './json/read-schema.ts';
import { isCompatible, RULES } from './json/rules.ts';

/** Languages of schemas, as Confluent's registry names them. */
export const SCHEMA_TYPES = ['JSON'] as const;
export type SchemaType = (typeof SCHEMA_TYPES)[number];

/** Characters of a schema, at most. */
export const MAX_SCHEMA_LENGTH = 65_536;

/** What a schema refers to: by the name that it says, the version of a subject. */
export interface Reference {
  readonly name: string;
  readonly subject: string;
  readonly version: number;
}

/** A schema of another subject that is referred to by a name. */
export interface ReferredText {
  readonly name: string;
  readonly text: string;
}

/** Why data of one schema are not right for another: a rule, where it is broken, and what mends it. */
export interface Incompatibility {
  readonly rule: string;
  /** JSON Pointer into the schema that reads. */
  readonly path: string;
  readonly mend: string;
}

/** A schema that can be registered: it means something, and says whether it reads what another one wrote. */
export interface RegisteredSchema {
  readonly type: SchemaType;
  /** The schema, written the one way in which equal ones are the same text. */
  readonly text: string;
  /** The same whatever the order of its members. */
  readonly normalized: string;
  readonly json: JsonSchema;
  /** What keeps it from reading what `writer` wrote; nothing where it can. */
  refusesDataOf(writer: RegisteredSchema, contentModel: ContentModel): Incompatibility[];
}

/**
 * Reads a schema from its text.
 *
 * @returns the schema, or what is wrong with it, a line a place.
 */
export function readSchema(
  text: string,
  referred: readonly ReferredText[],
): { readonly schema: RegisteredSchema } | { readonly faults: readonly string[] } {
  if (text.length > MAX_SCHEMA_LENGTH)
    return { faults: [`the schema has ${text.length} characters; at most ${MAX_SCHEMA_LENGTH} are taken`] };
  let parsed: unknown;
  const documents: NamedDocument[] = [];
  try {
    parsed = JSON.parse(text);
    for (const { name, text: other } of referred) documents.push({ name, schema: JSON.parse(other) as SchemaNode });
  } catch (error) {
    return { faults: [`the schema is no JSON: ${error instanceof Error ? error.message : String(error)}`] };
  }
  const read = readJsonSchema(parsed, documents);
  if ('faults' in read) return read;
  const schema: RegisteredSchema = {
    type: 'JSON',
    text: JSON.stringify(parsed),
    normalized: canonicalize(parsed) ?? 'null',
    json: read.schema,
    refusesDataOf: (writer, contentModel) =>
      compareJsonSchemas(writer.json, read.schema, contentModel)
        .filter((difference) => !isCompatible(difference))
        .map(({ rule, path }) => ({ rule, path, mend: RULES[rule] ?? '' })),
  };
  return { schema };
}
