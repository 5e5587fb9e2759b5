import { COLUMNS, fieldId } from '../lake/columns.ts';
import type { FileStats } from '../lake/file-stats.ts';
import { HOUR_MS } from '../time.ts';
import { avroFile } from './avro-file.ts';
import { PARTITION_FIELD_ID, PARTITION_NAME, PARTITION_SPEC, TABLE_SCHEMA } from './table-schema.ts';

/** A data file of the table; `hour` since 1970. */
export interface DataFile {
  /** Where it lies, e.g. `s3://vitrine-lake/events/…`. */
  readonly path: string;
  readonly hour: number;
  readonly rows: number;
  readonly bytes: number;
  /** Absent of files that were written before statistics were kept. */
  readonly stats?: FileStats | undefined;
}

/** A manifest, as the list of a snapshot names it. */
export interface ManifestEntry {
  readonly path: string;
  readonly bytes: number;
  readonly files: number;
  readonly rows: number;
  readonly firstHour: number;
  readonly lastHour: number;
  /** The snapshot that brought it; also its sequence number. */
  readonly snapshot: number;
}

/** A field of Iceberg's Avro schemas, which have a number beside the name (Apache Iceberg table spec, version 2). */
const field = (id: number, name: string, type: unknown, isOptional = false) => ({
  name,
  type: isOptional ? ['null', type] : type,
  ...(isOptional && { default: null }),
  'field-id': id,
});
/** A map whose keys are no texts: an array of pairs. */
const pairs = (id: number, name: string, keyId: number, valueId: number, value: string) =>
  field(
    id,
    name,
    {
      type: 'array',
      logicalType: 'map',
      items: {
        type: 'record',
        name: `k${keyId}_v${valueId}`,
        fields: [field(keyId, 'key', 'int'), field(valueId, 'value', value)],
      },
    },
    true,
  );
const record = (name: string, fields: readonly object[]) => ({ type: 'record', name, fields });

const MANIFEST_SCHEMA = record('manifest_entry', [
  field(0, 'status', 'int'),
  field(1, 'snapshot_id', 'long', true),
  field(3, 'sequence_number', 'long', true),
  field(4, 'file_sequence_number', 'long', true),
  field(
    2,
    'data_file',
    record('r2', [
      field(134, 'content', 'int'),
      field(100, 'file_path', 'string'),
      field(101, 'file_format', 'string'),
      field(102, 'partition', record('r102', [field(PARTITION_FIELD_ID, PARTITION_NAME, 'int', true)])),
      field(103, 'record_count', 'long'),
      field(104, 'file_size_in_bytes', 'long'),
      pairs(109, 'value_counts', 119, 120, 'long'),
      pairs(110, 'null_value_counts', 121, 122, 'long'),
      pairs(125, 'lower_bounds', 126, 127, 'bytes'),
      pairs(128, 'upper_bounds', 129, 130, 'bytes'),
      field(140, 'sort_order_id', 'int', true),
    ]),
  ),
]);
const LIST_SCHEMA = record('manifest_file', [
  field(500, 'manifest_path', 'string'),
  field(501, 'manifest_length', 'long'),
  field(502, 'partition_spec_id', 'int'),
  field(517, 'content', 'int'),
  field(515, 'sequence_number', 'long'),
  field(516, 'min_sequence_number', 'long'),
  field(503, 'added_snapshot_id', 'long'),
  field(504, 'added_files_count', 'int'),
  field(505, 'existing_files_count', 'int'),
  field(506, 'deleted_files_count', 'int'),
  field(512, 'added_rows_count', 'long'),
  field(513, 'existing_rows_count', 'long'),
  field(514, 'deleted_rows_count', 'long'),
  field(
    507,
    'partitions',
    {
      type: 'array',
      items: record('r508', [
        field(509, 'contains_null', 'boolean'),
        field(518, 'contains_nan', 'boolean', true),
        field(510, 'lower_bound', 'bytes', true),
        field(511, 'upper_bound', 'bytes', true),
      ]),
      'element-id': 508,
    },
    true,
  ),
]);

const ADDED = 1;
const DATA = 0;

/** A manifest of data files: which there are, in which hour, and what is known of their columns. */
export function manifestFile(files: readonly DataFile[]): Uint8Array {
  const rows = files.map(({ path, hour, rows: count, bytes, stats }) => ({
    status: ADDED,
    // What the list of the snapshot says of the manifest holds for its files.
    snapshot_id: null,
    sequence_number: null,
    file_sequence_number: null,
    data_file: {
      content: DATA,
      file_path: path,
      file_format: 'PARQUET',
      partition: { [PARTITION_NAME]: hour },
      record_count: count,
      file_size_in_bytes: bytes,
      ...columnStats(hour, count, stats),
      sort_order_id: null,
    },
  }));
  return avroFile(MANIFEST_SCHEMA, rows, {
    schema: JSON.stringify(TABLE_SCHEMA),
    'schema-id': `${TABLE_SCHEMA['schema-id']}`,
    'partition-spec': JSON.stringify(PARTITION_SPEC.fields),
    'partition-spec-id': `${PARTITION_SPEC['spec-id']}`,
    'format-version': '2',
    content: 'data',
  });
}

/** The list of a snapshot's manifests. */
export function manifestList(snapshot: number, manifests: readonly ManifestEntry[]): Uint8Array {
  const rows = manifests.map((manifest) => ({
    manifest_path: manifest.path,
    manifest_length: manifest.bytes,
    partition_spec_id: PARTITION_SPEC['spec-id'],
    content: DATA,
    sequence_number: manifest.snapshot,
    min_sequence_number: manifest.snapshot,
    added_snapshot_id: manifest.snapshot,
    added_files_count: manifest.files,
    existing_files_count: 0,
    deleted_files_count: 0,
    added_rows_count: manifest.rows,
    existing_rows_count: 0,
    deleted_rows_count: 0,
    partitions: [
      {
        contains_null: false,
        contains_nan: false,
        lower_bound: int32(manifest.firstHour),
        upper_bound: int32(manifest.lastHour),
      },
    ],
  }));
  return avroFile(LIST_SCHEMA, rows, {
    'snapshot-id': `${snapshot}`,
    'parent-snapshot-id': 'null',
    'sequence-number': `${snapshot}`,
    'format-version': '2',
  });
}

function columnStats(hour: number, rows: number, stats: FileStats | undefined) {
  // Of older files the hour alone is known.
  const bounds = stats?.bounds ?? { time: [hour * HOUR_MS, (hour + 1) * HOUR_MS - 1] };
  const counted = stats?.nulls.map((nulls, at) => ({ key: at + 1, nulls })) ?? null;
  const bound = (which: 0 | 1) =>
    Object.entries(bounds).map(([name, pair]) => ({
      key: fieldId(name),
      value: boundBytes(name, pair[which] as never),
    }));
  return {
    value_counts: counted?.map(({ key }) => ({ key, value: rows })),
    null_value_counts: counted?.map(({ key, nulls }) => ({ key, value: nulls })),
    lower_bounds: bound(0),
    upper_bounds: bound(1),
  };
}

/** A value as bounds have it (Iceberg spec, "Binary single-value serialization"): texts in UTF-8, times in microseconds. */
function boundBytes(name: string, value: string | number): Uint8Array {
  const type = COLUMNS.find((column) => column.name === name)?.type;
  if (typeof value === 'string') return new TextEncoder().encode(value);
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  if (type === 'TIMESTAMP') view.setBigInt64(0, BigInt(value) * 1_000n, true);
  else view.setFloat64(0, value, true);
  return bytes;
}

function int32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return bytes;
}
