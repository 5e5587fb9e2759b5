import { type Cell, COLUMNS, type LakeRow } from './columns.ts';

/** Columns of which the least and the most of a file are kept: those that queries look for and that are nobody's. */
const BOUNDED = ['type', 'time', 'received_at', 'price', 'total'] as const;

/** What is known of a file's rows without reading them. Times are ms since 1970. */
export interface FileStats {
  /** Rows without a value, by the column's place. */
  readonly nulls: readonly number[];
  /** By column, the least and the most; of a column without a value, or with one that is not a number, nothing. */
  readonly bounds: Readonly<Record<string, readonly [least: string | number, most: string | number]>>;
}

/** The statistics of rows. */
export function statsOf(rows: readonly LakeRow[]): FileStats {
  const nulls = COLUMNS.map(({ name }) => rows.reduce((sum, row) => sum + (isMissing(row[name]) ? 1 : 0), 0));
  const bounds: Record<string, readonly [string | number, string | number]> = {};
  for (const name of BOUNDED) {
    const values = rows.flatMap((row) => comparable(row[name]));
    const [first] = values;
    if (first === undefined || values.some(Number.isNaN)) continue;
    let [least, most] = [first, first];
    for (const value of values) {
      if (value < least) least = value;
      if (value > most) most = value;
    }
    bounds[name] = [least, most];
  }
  return { nulls, bounds };
}

const isMissing = (cell: Cell | undefined) => cell === null || cell === undefined;

function comparable(cell: Cell | undefined): (string | number)[] {
  if (cell instanceof Date) return [cell.getTime()];
  return typeof cell === 'string' || typeof cell === 'number' ? [cell] : [];
}
