import { HOUR_MS } from '../time.ts';
import { entryKey, type JournalEntry } from './journal.ts';

/** Events by cell: `<hour since 1970> <type>`. */
export type CellCounts = ReadonlyMap<string, number>;

/** A cell in which the stream counted something else than the lake holds. */
export interface DriftingCell {
  readonly hour: number;
  readonly type: string;
  /** What the stream counted, without what is still under way or was erased since. */
  readonly counted: number;
  readonly lake: number;
  /** Counted by the stream and not in the lake. */
  readonly missing: readonly JournalEntry[];
  /** In the lake, and not counted by the stream. */
  readonly unexpected: readonly JournalEntry[];
  /** Part of the difference that no journal explains any more. */
  readonly unexplained: number;
}

/** What is known of a cell's events one by one. */
export interface CellDetails {
  /** What the stream counted, as far as the journal reaches. */
  readonly journal: readonly JournalEntry[];
  readonly lake: readonly JournalEntry[];
  /** Keys of events whose batch was written after the lake was read, or may have been. */
  readonly underWay: ReadonlySet<string>;
  /** Whether an event was erased with its ledger. */
  isErased(entry: JournalEntry): boolean;
}

/** The name of a cell. */
export function cellOf({ time, type }: Pick<JournalEntry, 'time' | 'type'>): string {
  return `${Math.floor(time / HOUR_MS)} ${type}`;
}

/** Cells whose counts differ; of each, `compareCell` tells more. */
export function differingCells(rollups: CellCounts, lake: CellCounts): string[] {
  const cells = new Set([...rollups.keys(), ...lake.keys()]);
  return [...cells].filter((cell) => (rollups.get(cell) ?? 0) !== (lake.get(cell) ?? 0)).sort();
}

/** What differs in a cell, or nothing when all of it is under way or was erased. */
export function compareCell(
  cell: string,
  rollup: number,
  lakeCount: number,
  details: CellDetails,
): DriftingCell | undefined {
  const [hour = '', ...type] = cell.split(' ');
  const inLake = new Map(details.lake.map((entry) => [entryKey(entry), entry]));
  const inJournal = new Map(details.journal.map((entry) => [entryKey(entry), entry]));
  const absent = [...inJournal.values()].filter((entry) => !inLake.has(entryKey(entry)));
  const excused = absent.filter((entry) => details.underWay.has(entryKey(entry)) || details.isErased(entry));
  const missing = absent.filter((entry) => !excused.includes(entry));
  const counted = rollup - excused.length;
  if (counted === lakeCount && missing.length === 0) return undefined;
  // The journal forgets: only with one that reaches back to every event counted can the lake hold one too many.
  const whole = inJournal.size >= rollup;
  const unexpected = whole ? [...inLake.values()].filter((entry) => !inJournal.has(entryKey(entry))) : [];
  return {
    hour: Number(hour),
    type: type.join(' '),
    counted,
    lake: lakeCount,
    missing,
    unexpected,
    unexplained: counted - lakeCount - missing.length + unexpected.length,
  };
}
