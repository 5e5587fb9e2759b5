import canonicalize from 'canonicalize';
import { readAvro } from './avro/read-avro.ts';
import { AVRO_RULES, avroConflicts } from './avro/resolve.ts';
import type { AvroType } from './avro/type.ts';
import { compareJsonSchemas } from './json/compare.ts';
import type { ContentModel } from './json/comparison.ts';
import type { SchemaNode } from './json/document.ts';
import { type JsonSchema, readJsonSchema } from './json/read-schema.ts';
import { isCompatible, RULES } from './json/rules.ts';

/** Languages of schemas, as Confluent's registry names them. */
export const SCHEMA_TYPES = ['JSON', 'AVRO'] as const;
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
export type RegisteredSchema = {
  /** The schema, as it was written but for white space. */
  readonly text: string;
  /** The same whatever the order of its members. */
  readonly normalized: string;
} & ({ readonly type: 'JSON'; readonly json: JsonSchema } | { readonly type: 'AVRO'; readonly avro: AvroType });

/**
 * Reads a schema from its text.
 *
 * @param referred what it refers to; for Avro, whose names are known wherever they were defined, in the order in which they may use each other.
 * @returns the schema, or what is wrong with it, a line a place.
 */
export function readSchema(
  type: SchemaType,
  text: string,
  referred: readonly ReferredText[],
): { readonly schema: RegisteredSchema } | { readonly faults: readonly string[] } {
  if (text.length > MAX_SCHEMA_LENGTH)
    return { faults: [`the schema has ${text.length} characters; at most ${MAX_SCHEMA_LENGTH} are taken`] };
  let parsed: unknown;
  let documents: { readonly name: string; readonly value: unknown }[];
  try {
    // The name of a type of Avro alone is a schema as well, with quotes or without.
    parsed = type === 'AVRO' && /^\s*\w+\s*$/.test(text) ? text.trim() : JSON.parse(text);
    documents = referred.map(({ name, text: other }) => ({ name, value: JSON.parse(other) as unknown }));
  } catch (error) {
    return { faults: [`the schema is no JSON: ${error instanceof Error ? error.message : String(error)}`] };
  }
  const texts = { text: JSON.stringify(parsed), normalized: canonicalize(parsed) ?? 'null' };
  if (type === 'AVRO') {
    const read = readAvro(
      parsed,
      documents.map(({ value }) => value),
    );
    return 'faults' in read ? read : { schema: { ...texts, type, avro: read.type } };
  }
  const read = readJsonSchema(
    parsed,
    documents.map(({ name, value }) => ({ name, schema: value as SchemaNode })),
  );
  return 'faults' in read ? read : { schema: { ...texts, type, json: read.schema } };
}

/** What keeps `reader` from reading what `writer` wrote; nothing where it can. */
export function incompatibilities(
  writer: RegisteredSchema,
  reader: RegisteredSchema,
  contentModel: ContentModel,
): Incompatibility[] {
  if (writer.type === 'JSON' && reader.type === 'JSON')
    return compareJsonSchemas(writer.json, reader.json, contentModel)
      .filter((difference) => !isCompatible(difference))
      .map(({ rule, path }) => ({ rule, path, mend: RULES[rule] ?? '' }));
  if (writer.type === 'AVRO' && reader.type === 'AVRO')
    return avroConflicts(writer.avro, reader.avro).map(({ rule, path }) => ({ rule, path, mend: AVRO_RULES[rule] }));
  return [{ rule: 'LANGUAGE_CHANGED', path: '#', mend: `stay with ${writer.type}, or use another subject` }];
}
