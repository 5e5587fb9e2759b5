import { type AsyncBuffer, parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { COLUMNS, type LakeRow, SCHEMA_VERSION } from './columns.ts';

/** Rows of a row group: small enough that a reader who looks for one ledger skips most of a file. */
const ROW_GROUP_ROWS = 10_000;

/** Rows as a Parquet file with statistics, compressed with Snappy. */
export function encodeRows(rows: readonly LakeRow[]): Uint8Array {
  const buffer = parquetWriteBuffer({
    columnData: COLUMNS.map(({ name, type }) => ({ name, type, data: rows.map((row) => row[name] ?? null) })),
    rowGroupSize: ROW_GROUP_ROWS,
    // Whole hashes in the statistics: by half of one nothing can be skipped.
    statisticsTruncateLength: 64,
    kvMetadata: [{ key: 'vitrine.schema', value: String(SCHEMA_VERSION) }],
    createdBy: 'vitrine',
  });
  return new Uint8Array(buffer);
}

/** The rows of a Parquet file; of `columns` only, when they are given. */
export async function decodeRows(file: AsyncBuffer | Uint8Array, columns?: readonly string[]): Promise<LakeRow[]> {
  const buffer = file instanceof Uint8Array ? bufferOf(file) : file;
  return (await parquetReadObjects({ file: buffer, ...(columns && { columns: [...columns] }) })) as LakeRow[];
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}
