import { createHash } from 'node:crypto';
import { HOUR_MS } from '../time.ts';
import type { LakeRow } from './columns.ts';
import type { FileStats } from './file-stats.ts';

/** Rows of a file before its hour is cut into more of them: what compaction holds in memory at once. */
const FILE_ROWS = 20_000;

/** A current Parquet file of an hour: `shard` of `shards` by the ledger's hash. */
export interface LakeFile {
  readonly key: string;
  readonly shard: number;
  readonly shards: number;
  readonly rows: number;
  readonly bytes: number;
  readonly etag: string;
  /** Absent of files from before they were kept. */
  readonly stats?: FileStats | undefined;
}

/** What the keys of a site's Parquet files begin with. */
export function parquetPrefix(site: string): string {
  return `events/site=${site}/`;
}

/**
 * Key of a Parquet file: Hive partitions by the hour of event time, then a name made from its content, so that it never changes, and from the commit that
 * its writer goes on from, so that no run writes a name again that one before a later commit has left behind.
 */
export function parquetKey(site: string, hour: number, bytes: Uint8Array, after: number): string {
  const iso = new Date(hour * HOUR_MS).toISOString();
  const name = createHash('sha256').update(`${after}\n`).update(bytes).digest('hex').slice(0, 32);
  return `${parquetPrefix(site)}date=${iso.slice(0, 10)}/hour=${iso.slice(11, 13)}/${name}.parquet`;
}

/** The shard of a ledger, by its hash (hex). With twice the shards each one's ledgers go to itself or to the one `shards` further. */
export function shardOfHash(ledgerHash: string, shards: number): number {
  return Number.parseInt(ledgerHash.slice(0, 6), 16) % shards;
}

/** Into how many files an hour of so many rows is cut: a power of two, never fewer than now. */
export function shardsFor(rows: number, now: number): number {
  let shards = Math.max(1, now);
  while (rows / shards > FILE_ROWS && shards < 65_536) shards *= 2;
  return shards;
}

export interface MergedRows {
  /** By ledger hash, time and id. */
  readonly rows: LakeRow[];
  /** Rows that were left out since their ledger was erased. */
  readonly erased: number;
}

/**
 * The rows of two sets as one: each event of a ledger once, the first by arrival, without those that `isErased`. The result depends
 * on the sets only, so it may be made again after a crash.
 */
export function mergeRows(
  sets: readonly (readonly LakeRow[])[],
  isErased: (row: LakeRow) => boolean = () => false,
): MergedRows {
  const steps = mergeSteps(sets, isErased);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** As `mergeRows`, in steps: each yields how many rows it looked at. */
export function* mergeSteps(
  sets: readonly (readonly LakeRow[])[],
  isErased: (row: LakeRow) => boolean,
): Generator<number, MergedRows> {
  // By the start of the ledger's hash: each part is sorted for itself, and the parts stand in the order of their names.
  const parts = new Map<string, Map<string, LakeRow>>();
  let erased = 0;
  for (const row of sets.flat()) {
    if (isErased(row)) {
      erased += 1;
      continue;
    }
    const hash = String(row.ledger_hash);
    const kept = parts.get(hash.slice(0, 2)) ?? new Map<string, LakeRow>();
    parts.set(hash.slice(0, 2), kept);
    const key = `${hash} ${row.event_id}`;
    const there = kept.get(key);
    if (!there || comesFirst(row, there)) kept.set(key, row);
    yield 1;
  }
  const rows: LakeRow[] = [];
  for (const [, part] of [...parts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const row of [...part.values()].sort(byLedger)) rows.push(row);
    yield part.size;
  }
  return { rows, erased };
}

function comesFirst(a: LakeRow, b: LakeRow): boolean {
  const difference = Number(a.received_at) - Number(b.received_at);
  if (difference !== 0) return difference < 0;
  return JSON.stringify(a) < JSON.stringify(b);
}

function byLedger(a: LakeRow, b: LakeRow): number {
  if (a.ledger_hash !== b.ledger_hash) return String(a.ledger_hash) < String(b.ledger_hash) ? -1 : 1;
  const difference = Number(a.time) - Number(b.time);
  if (difference !== 0) return difference;
  if (a.event_id === b.event_id) return 0;
  return String(a.event_id) < String(b.event_id) ? -1 : 1;
}
