import { type AsyncBuffer, type FileMetaData, parquetMetadata, parquetReadObjects, type RowGroup } from 'hyparquet';
import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { bufferOf } from '../buffer-of.ts';
import { COLUMNS, fieldId, type LakeRow, SCHEMA_VERSION } from './columns.ts';
import type { HashRange } from './hash-range.ts';

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
  return decodePart(buffer, metadata, { from: 0, to: Number(metadata.num_rows) }, columns, pause);
}

/** As `decodeRows`, the rows of some ledgers: of row groups without any, nothing is decoded. `ledger_hash` must be one of the columns. */
export async function decodeLedgers(
  file: Uint8Array,
  hashes: HashRange,
  columns?: readonly string[],
  pause = NO_PAUSE,
): Promise<LakeRow[]> {
  const buffer = bufferOf(file);
  const metadata = parquetMetadata(buffer);
  const rows: LakeRow[] = [];
  let from = 0;
  for (const group of metadata.row_groups) {
    const to = from + Number(group.num_rows);
    if (mayHold(group, hashes))
      for (const row of await decodePart(buffer, metadata, { from, to }, columns, pause)) {
        const hash = String(row.ledger_hash);
        if (hash >= hashes.from && hash < hashes.before) rows.push(row);
      }
    from = to;
  }
  return rows;
}

/** Whether a row group may hold a ledger of the range, by its statistics. */
function mayHold({ columns }: RowGroup, hashes: HashRange): boolean {
  const column = columns.find(({ meta_data: data }) => data?.path_in_schema.join('.') === 'ledger_hash');
  const { min_value: least, max_value: most } = column?.meta_data?.statistics ?? {};
  if (typeof least !== 'string' || typeof most !== 'string') return true;
  return least < hashes.before && most >= hashes.from;
}

async function decodePart(
  file: ArrayBuffer,
  metadata: FileMetaData,
  { from, to }: { readonly from: number; readonly to: number },
  columns: readonly string[] | undefined,
  pause: Pause,
): Promise<LakeRow[]> {
  const rows: LakeRow[] = [];
  for (let start = from; start < to; start += DECODE_ROWS) {
    const part = await parquetReadObjects({
      file: file satisfies AsyncBuffer,
      metadata,
      rowStart: start,
      rowEnd: Math.min(to, start + DECODE_ROWS),
      ...(columns && { columns: [...columns] }),
    });
    for (const row of part as LakeRow[]) rows.push(row);
    await pause(part.length * DECODE_SHARE);
  }
  return rows;
}
