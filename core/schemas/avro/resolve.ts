import { type AvroField, type AvroRecord, type AvroType, localName } from './type.ts';

/** Why a reader cannot read what a writer wrote, by the names of Avro's own checker (`SchemaCompatibility`), and what mends it. */
export const AVRO_RULES = {
  TYPE_MISMATCH:
    'keep the type, or widen it: int to long, float or double; long to float or double; float to double; string and bytes',
  NAME_MISMATCH: 'keep the name, or give the old one as an alias',
  FIXED_SIZE_MISMATCH: 'keep the size, or add a field of another name',
  MISSING_ENUM_SYMBOLS: 'keep the symbols that there were, or give the enum a default',
  READER_FIELD_MISSING_DEFAULT_VALUE: 'give the field a default',
  MISSING_UNION_BRANCH: 'keep the branches that there were',
} as const;

export interface AvroConflict {
  readonly rule: keyof typeof AVRO_RULES;
  /** JSON Pointer into the reader's schema, e.g. `#/fields/2/type`. */
  readonly path: string;
}

/** What a reader may read a written type as (Avro 1.12, "Schema Resolution"). */
const PROMOTIONS: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
};

/** What keeps `reader` from reading what was written by `writer` (Avro 1.12, "Schema Resolution"); nothing where it can. */
export function avroConflicts(writer: AvroType, reader: AvroType): AvroConflict[] {
  return conflicts(writer, reader, '#', new Map());
}

/** Conflicts that are told, at most. */
const MAX_CONFLICTS = 20;

/** Pairs of records that were compared, or are being compared: what was found stands there, with the path where they met first. */
type Open = Map<AvroType, Map<AvroType, readonly AvroConflict[]>>;

function conflicts(writer: AvroType, reader: AvroType, path: string, open: Open): AvroConflict[] {
  if (writer.kind === 'union') {
    return writer.branches.flatMap((branch) => {
      const found = conflicts(branch, reader, path, open);
      return found.length > 0 && reader.kind === 'union' ? [{ rule: 'MISSING_UNION_BRANCH' as const, path }] : found;
    });
  }
  if (reader.kind === 'union') {
    const isRead = reader.branches.some((branch) => conflicts(writer, branch, path, open).length === 0);
    return isRead ? [] : [{ rule: 'MISSING_UNION_BRANCH', path }];
  }
  if (writer.kind === 'array' && reader.kind === 'array')
    return conflicts(writer.items, reader.items, `${path}/items`, open);
  if (writer.kind === 'map' && reader.kind === 'map')
    return conflicts(writer.values, reader.values, `${path}/values`, open);
  if (writer.kind === 'record' && reader.kind === 'record') return recordConflicts(writer, reader, path, open);
  if (writer.kind === 'enum' && reader.kind === 'enum') {
    if (!isNamedAlike(writer, reader)) return [{ rule: 'NAME_MISMATCH', path: `${path}/name` }];
    const isKnown = writer.symbols.every((symbol) => reader.symbols.includes(symbol));
    return isKnown || reader.fallback !== undefined ? [] : [{ rule: 'MISSING_ENUM_SYMBOLS', path: `${path}/symbols` }];
  }
  if (writer.kind === 'fixed' && reader.kind === 'fixed') {
    if (!isNamedAlike(writer, reader)) return [{ rule: 'NAME_MISMATCH', path: `${path}/name` }];
    return writer.size === reader.size ? [] : [{ rule: 'FIXED_SIZE_MISMATCH', path: `${path}/size` }];
  }
  const isRead = writer.kind === reader.kind || PROMOTIONS[writer.kind]?.includes(reader.kind);
  return isRead ? [] : [{ rule: 'TYPE_MISMATCH', path }];
}

function recordConflicts(writer: AvroRecord, reader: AvroRecord, path: string, open: Open): AvroConflict[] {
  if (!isNamedAlike(writer, reader)) return [{ rule: 'NAME_MISMATCH', path: `${path}/name` }];
  // A pair that is being compared already holds as far as it is looked at here.
  const partners = open.get(writer) ?? new Map<AvroType, readonly AvroConflict[]>();
  open.set(writer, partners);
  const known = partners.get(reader);
  if (known) return [...known];
  partners.set(reader, []);
  const found = reader.fields.flatMap((field, index): AvroConflict[] => {
    const at = `${path}/fields/${index}`;
    const written = writtenField(writer, field);
    if (written) return conflicts(written.type, field.type, `${at}/type`, open);
    return field.fallback ? [] : [{ rule: 'READER_FIELD_MISSING_DEFAULT_VALUE', path: at }];
  });
  const told = found.slice(0, MAX_CONFLICTS);
  partners.set(reader, told);
  return told;
}

/** The field of the writer that a field of the reader is read from, by its name or one of its aliases. */
export function writtenField(writer: AvroRecord, { name, aliases }: AvroField): AvroField | undefined {
  return (
    writer.fields.find((field) => field.name === name) ?? writer.fields.find((field) => aliases.includes(field.name))
  );
}

/** Whether two types have the same name without their namespaces, or the reader knows the writer's as an alias. */
function isNamedAlike(
  writer: { readonly name: string },
  reader: { readonly name: string; readonly aliases: readonly string[] },
): boolean {
  return localName(writer.name) === localName(reader.name) || reader.aliases.includes(writer.name);
}
