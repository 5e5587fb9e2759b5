import { COLUMNS } from '../lake/columns.ts';
import { NAME_MAPPING, PARTITION_FIELD_ID, PARTITION_SPEC, TABLE_SCHEMA } from './table-schema.ts';

/** A table at one of its commits. */
export interface TableState {
  /** The table's own id, for ever. */
  readonly uuid: string;
  /** Where it lies, e.g. `s3://vitrine-lake/events/site=shop`. */
  readonly location: string;
  readonly site: string;
  /** The lake's commit: the snapshot's id and sequence number. */
  readonly commit: number;
  /** When it was made, ms since 1970. */
  readonly at: number;
  /** Where the list of its manifests lies. */
  readonly manifestList: string;
  readonly files: number;
  readonly rows: number;
  readonly bytes: number;
}

/**
 * The table's metadata (Apache Iceberg table spec, version 2), as JSON. It has one snapshot: files that were replaced are deleted, for one since a person
 * was erased, so an older one could not be read, and must not be.
 */
export function tableMetadata({
  uuid,
  location,
  site,
  commit,
  at,
  manifestList,
  files,
  rows,
  bytes,
}: TableState): string {
  return JSON.stringify({
    'format-version': 2,
    'table-uuid': uuid,
    location,
    'last-sequence-number': commit,
    'last-updated-ms': at,
    'last-column-id': COLUMNS.length,
    'current-schema-id': TABLE_SCHEMA['schema-id'],
    schemas: [TABLE_SCHEMA],
    'default-spec-id': PARTITION_SPEC['spec-id'],
    'partition-specs': [PARTITION_SPEC],
    'last-partition-id': PARTITION_FIELD_ID,
    'default-sort-order-id': 0,
    'sort-orders': [{ 'order-id': 0, fields: [] }],
    properties: {
      'schema.name-mapping.default': JSON.stringify(NAME_MAPPING),
      'write.format.default': 'parquet',
      // Vitrine alone writes and deletes.
      'gc.enabled': 'false',
      'vitrine.site': site,
    },
    'current-snapshot-id': commit,
    snapshots: [
      {
        'snapshot-id': commit,
        'sequence-number': commit,
        'timestamp-ms': at,
        'manifest-list': manifestList,
        'schema-id': TABLE_SCHEMA['schema-id'],
        summary: {
          operation: 'overwrite',
          'total-records': `${rows}`,
          'total-data-files': `${files}`,
          'total-files-size': `${bytes}`,
          'total-delete-files': '0',
          'total-position-deletes': '0',
          'total-equality-deletes': '0',
        },
      },
    ],
    'snapshot-log': [{ 'snapshot-id': commit, 'timestamp-ms': at }],
    'metadata-log': [],
    statistics: [],
    refs: { main: { 'snapshot-id': commit, type: 'branch' } },
  });
}
