import { type AsyncBuffer, parquetMetadata, parquetReadObjects } from 'hyparquet';
import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { bufferOf } from '../buffer-of.ts';
import { COLUMNS, fieldId, type LakeRow, SCHEMA_VERSION } from './columns.ts';

/**
 * Rows of a row group: what is encoded without a pause, some milliseconds; a reader who looks for one ledger skips most of a file. Groups of
 * 10,000 would make a file of 20,000 events 6% smaller.
 */
const ROW_GROUP_ROWS = 400;
/** Rows that are decoded without a pause. */
const DECODE_ROWS = 1_000;
/** What decoding a row costs against encoding it. */
const DECODE_SHARE = 0.4;

/** Hears how many rows were done, and may let others run before it answers. */
type Pause = (rows: number) => Promise<void>;
const NO_PAUSE: Pause = async () => undefined;

/** Rows as a Parquet file with statistics, compressed with Snappy. */
export async function encodeRows(rows: readonly LakeRow[], pause = NO_PAUSE): Promise<Uint8Array> {
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: schemaFromColumnData({ columnData: COLUMNS.map(({ name, type }) => ({ name, type, data: [] })) }).map(
      // The first is the row itself.
      (element, place) => (place === 0 ? element : { ...element, field_id: fieldId(element.name) }),
    ),
    // Whole hashes in the statistics: by half of one nothing can be skipped.
    statisticsTruncateLength: 64,
    kvMetadata: [{ key: 'vitrine.schema', value: String(SCHEMA_VERSION) }],
    createdBy: 'vitrine',
  });
  for (let from = 0; from < rows.length; from += ROW_GROUP_ROWS) {
    const group = rows.slice(from, from + ROW_GROUP_ROWS);
    writer.write({
      columnData: COLUMNS.map(({ name }) => ({ name, data: group.map((row) => row[name] ?? null) })),
      rowGroupSize: ROW_GROUP_ROWS,
    });
    await pause(group.length);
  }
  writer.finish();
  return new Uint8Array(bytes.getBuffer());
}

/** The rows of a Parquet file; of `columns` only, when they are given. */
export async function decodeRows(file: Uint8Array, columns?: readonly string[], pause = NO_PAUSE): Promise<LakeRow[]> {
  const buffer = bufferOf(file);
  const metadata = parquetMetadata(buffer);
  const total = Number(metadata.num_rows);
  const rows: LakeRow[] = [];
  for (let from = 0; from < total; from += DECODE_ROWS) {
    const part = await parquetReadObjects({
      file: buffer satisfies AsyncBuffer,
      metadata,
      rowStart: from,
      rowEnd: Math.min(total, from + DECODE_ROWS),
      ...(columns && { columns: [...columns] }),
    });
    for (const row of part as LakeRow[]) rows.push(row);
    await pause(part.length * DECODE_SHARE);
  }
  return rows;
}
