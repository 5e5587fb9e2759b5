import { COLUMNS, fieldId } from '../lake/columns.ts';

/** Iceberg's types of the lake's. */
const TYPES = { STRING: 'string', TIMESTAMP: 'timestamptz', DOUBLE: 'double', BOOLEAN: 'boolean' } as const;

/** The table's schema; none of the columns must be there, since older files lack the newer ones. */
export const TABLE_SCHEMA = {
  type: 'struct',
  'schema-id': 0,
  fields: COLUMNS.map(({ name, type, about }) => ({
    id: fieldId(name),
    name,
    required: false,
    type: TYPES[type],
    doc: about,
  })),
} as const;

export const PARTITION_FIELD_ID = 1000;

/** Files are of one hour of event time: what they hold lies in it, so no column of theirs says so. */
export const PARTITION_SPEC = {
  'spec-id': 0,
  fields: [{ name: 'time_hour', transform: 'hour', 'source-id': fieldId('time'), 'field-id': PARTITION_FIELD_ID }],
} as const;
export const PARTITION_NAME = PARTITION_SPEC.fields[0].name;

/** Which column of a file without field ids is which field. */
export const NAME_MAPPING = COLUMNS.map(({ name }) => ({ 'field-id': fieldId(name), names: [name] }));
