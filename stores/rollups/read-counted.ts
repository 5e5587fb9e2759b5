import { entryKey, type JournalEntry } from '../../core/reconciliation/journal.ts';
import { WorkSlice } from '../../core/work-slice.ts';
import { rest } from '../breathe.ts';
import { unpackEntries } from '../lake/pack-entries.ts';

/** What was counted, one by one, as far back as the journal reaches. */
export interface Journal {
  readonly entries: JournalEntry[];
  /** Keys of the entries that were written so late that the lake may not have them yet. */
  readonly underWay: Set<string>;
}

/** Events by cell (hour and type) in the rollups of a site, from one hour to another, both included. */
export async function readRollups(env: Env, site: string, from: number, to: number): Promise<Map<string, number>> {
  const { results } = await env.DB.prepare(
    'SELECT hour, type, events FROM rollups WHERE site = ? AND hour BETWEEN ? AND ?',
  )
    .bind(site, from, to)
    .all<{ hour: number; type: string; events: number }>();
  return new Map(results.map(({ hour, type, events }) => [`${hour} ${type}`, events]));
}

/** Journal rows are read in parts, since an answer of D1 is bounded. */
const JOURNAL_ROWS = 100;

/** Entries that are unpacked before requests run. */
const SLICE_ENTRIES = 2_000;

/** What was counted since a time, ms since 1970, of some owners; also what counts in no rollup. */
export async function countedSince(
  env: Env,
  site: string,
  since: number,
  owners: ReadonlySet<string>,
): Promise<JournalEntry[]> {
  const { results } = await env.DB.prepare('SELECT events FROM journal WHERE site = ? AND written_at >= ?')
    .bind(site, since)
    .all<{ events: number[] }>();
  return results.flatMap(({ events }) => unpackEntries(events).filter(({ owner }) => owners.has(owner)));
}

/** Reads a site's journal. `underWayFrom` in ms since 1970. */
export async function readJournal(env: Env, site: string, underWayFrom: number): Promise<Journal> {
  const entries: JournalEntry[] = [];
  const underWay = new Set<string>();
  const slice = new WorkSlice(SLICE_ENTRIES, rest);
  let after: readonly [number, string] = [0, ''];
  for (;;) {
    const { results } = await env.DB.prepare(
      'SELECT written_at, id, events FROM journal WHERE site = ? AND (written_at, id) > (?, ?) ORDER BY written_at, id LIMIT ?',
    )
      .bind(site, ...after, JOURNAL_ROWS)
      .all<{ written_at: number; id: string; events: number[] }>();
    for (const { written_at: writtenAt, id, events } of results) {
      const counted = unpackEntries(events).filter(({ analytics }) => analytics);
      for (const entry of counted) entries.push(entry);
      if (writtenAt >= underWayFrom) for (const entry of counted) underWay.add(entryKey(entry));
      after = [writtenAt, id];
      if (slice.spend(counted.length)) await slice.pause();
    }
    if (results.length < JOURNAL_ROWS) return { entries, underWay };
  }
}
