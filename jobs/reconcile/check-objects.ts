import { entryKey, type JournalEntry } from '../../core/reconciliation/journal.ts';
import { WorkSlice } from '../../core/work-slice.ts';
import { rest } from '../../stores/breathe.ts';
import { unpackEntries } from '../../stores/lake/pack-entries.ts';
import { listRaw } from '../../stores/lake/raw-objects.ts';

/** A raw object that is not any more what it was when it was compacted. */
export interface ObjectFault {
  readonly key: string;
  readonly fault: 'removed' | 'changed';
  /** What it held then; the Parquet files have it still. */
  readonly entries: readonly JournalEntry[];
}

export interface CheckedObjects {
  readonly faults: readonly ObjectFault[];
  /** Events that more than one raw object holds; they count once. */
  readonly duplicated: readonly JournalEntry[];
}

/** Entries that are unpacked before requests run. */
const SLICE_ENTRIES = 2_000;

/** Looks whether the raw objects that were compacted still stand in the bucket as they were, until their grace time is over. */
export async function checkObjects(env: Env, site: string, graceEndsAfter: number): Promise<CheckedObjects> {
  const there = new Map<string, string>();
  for await (const { key, etag } of listRaw(env, site)) there.set(key, etag);
  const { results } = await env.DB.prepare(
    'SELECT key, etag, events FROM lake_objects WHERE site = ? AND compacted_at > ?',
  )
    .bind(site, graceEndsAfter)
    .all<{ key: string; etag: string; events: number[] | null }>();
  const faults: ObjectFault[] = [];
  const seen = new Set<string>();
  const slice = new WorkSlice(SLICE_ENTRIES, rest);
  const duplicated = new Map<string, JournalEntry>();
  for (const { key, etag, events } of results) {
    const entries = unpackEntries(events);
    for (const entry of entries) {
      if (seen.has(entryKey(entry))) duplicated.set(entryKey(entry), entry);
      seen.add(entryKey(entry));
    }
    if (slice.spend(entries.length)) await slice.pause();
    const now = there.get(key);
    if (now === undefined) faults.push({ key, fault: 'removed', entries });
    else if (now !== etag) faults.push({ key, fault: 'changed', entries });
  }
  return { faults, duplicated: [...duplicated.values()] };
}
