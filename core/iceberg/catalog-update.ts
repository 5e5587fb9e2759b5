import type { CommitTableRequest, TableMetadata } from 'iceberg-js';

/** What a catalog says of a table that it cannot be brought to ours: it is another one. */
export class ForeignTable extends Error {}

/**
 * What brings a catalog's table to the snapshot that ours has (Apache Iceberg's REST catalog, "commit updates to a table"): its schema where it has changed,
 * the snapshot, `main` set to it, and every other snapshot gone, since the files of those are deleted. Nothing where it is there already, or further.
 *
 * @throws {ForeignTable}
 */
export function catalogUpdate(ours: TableMetadata, theirs: TableMetadata): CommitTableRequest | undefined {
  if (theirs['table-uuid'] !== ours['table-uuid'])
    throw new ForeignTable(
      `the catalog has another table of this name (${theirs['table-uuid']}): drop it there without its files, or rename it`,
    );
  const snapshot = ours.snapshots?.[0];
  if (!snapshot) return undefined;
  const id = snapshot['snapshot-id'];
  const shown = theirs['current-snapshot-id'] ?? -1;
  if (shown >= id) return undefined;
  const others = (theirs.snapshots ?? []).map((other) => other['snapshot-id']);
  const schema = newerSchema(ours, theirs);
  return {
    requirements: [
      { type: 'assert-table-uuid', uuid: ours['table-uuid'] },
      { type: 'assert-ref-snapshot-id', ref: 'main', 'snapshot-id': shown < 0 ? null : shown },
    ],
    updates: [
      ...(schema
        ? ([
            { action: 'add-schema', schema },
            // The one that was added last.
            { action: 'set-current-schema', 'schema-id': -1 },
          ] as const)
        : []),
      { action: 'add-snapshot', snapshot },
      { action: 'set-snapshot-ref', 'ref-name': 'main', type: 'branch', 'snapshot-id': id },
      ...(others.length > 0 ? ([{ action: 'remove-snapshots', 'snapshot-ids': others }] as const) : []),
    ],
  };
}

/** Our schema where the catalog's lacks a column: columns are only added. */
function newerSchema(ours: TableMetadata, theirs: TableMetadata) {
  const schema = ours.schemas[0];
  const current = theirs.schemas.find((one) => one['schema-id'] === theirs['current-schema-id']);
  const known = new Set(current?.fields.map(({ id }) => id));
  return schema?.fields.some(({ id }) => !known.has(id)) ? schema : undefined;
}
