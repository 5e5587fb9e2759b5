import { type LakeRow, rowOf } from '../../core/lake/columns.ts';
import { newHistory } from '../../core/lake/history.ts';
import { type LakeFile, mergeSteps, shardOfHash, shardsFor } from '../../core/lake/partition.ts';
import { hourOfRawKey, type RawEvent } from '../../core/lake/raw-object.ts';
import { entryOf, type JournalEntry, ownerOf } from '../../core/reconciliation/journal.ts';
import { hourOf } from '../../core/time.ts';
import { inSlices, WorkSlice } from '../../core/work-slice.ts';
import { rest } from '../../stores/breathe.ts';
import { erasedSince, isErasedRow } from '../../stores/lake/erased.ts';
import { packEntries } from '../../stores/lake/pack-entries.ts';
import { readParquet, writeParquet } from '../../stores/lake/parquet-files.ts';
import { type Commit, commit, commitNumber, type Partition, readPartitions } from '../../stores/lake/partitions.ts';
import { publishLake, publishTables } from '../../stores/lake/publish-lake.ts';
import { listRaw, readRaw } from '../../stores/lake/raw-objects.ts';
import { log } from '../../stores/log.ts';
import { orderStatements, rollupStatements } from '../../stores/rollups/count-statements.ts';

/** Events that one round holds in memory, and raw objects that it takes. */
const ROUND_EVENTS = 20_000;
const ROUND_OBJECTS = 200;
/** Hours that are open before a round takes no further raw object: each is a file to read and one to write. */
const ROUND_HOURS = 300;
/** How far the bucket's clock may be from ours. */
const CLOCKS_APART_MS = 5_000;
/** Rows that are made or merged before requests run, over however many hours. */
const slice = new WorkSlice(500, rest);

export interface Compacted {
  /** Whether nothing is left to compact. */
  readonly done: boolean;
  readonly objects: number;
  readonly events: number;
}

/**
 * Brings raw objects into the Parquet files of their events' hours, in rounds of bounded size, each committed as a whole: a run that
 * ends anywhere leaves the last commit current, and the next run makes the same files again.
 *
 * @param beforeHour only objects that arrived before this hour (since 1970), so that an hour is taken once it is over.
 * @param deadline no round begins after it, ms since 1970.
 * @param arrivedUntil only objects that were there then, ms since 1970; where events come without a pause, to take all that come would never end.
 */
export async function compactSite(
  env: Env,
  site: string,
  beforeHour: number,
  deadline: number,
  arrivedUntil = Date.now() + CLOCKS_APART_MS,
): Promise<Compacted> {
  let objects = 0;
  let events = 0;
  for (;;) {
    const pending = await pendingObjects(env, site, beforeHour, arrivedUntil);
    if (pending.length === 0) break;
    if (Date.now() >= deadline) return { done: false, objects, events };
    const round = await compactRound(env, site, pending);
    objects += round.objects;
    events += round.events;
  }
  if (objects > 0) {
    await publishLake(env, site);
    log('compacted', { site, objects, events });
  }
  // Of a run that died before it had told of its commit.
  if (objects === 0) await publishTables(env, site);
  return { done: true, objects, events };
}

/** Keys of the raw objects that no commit holds yet, oldest first, as many as a round may take. */
async function pendingObjects(env: Env, site: string, beforeHour: number, arrivedUntil: number): Promise<string[]> {
  const { results } = await env.DB.prepare('SELECT key FROM lake_objects WHERE site = ?')
    .bind(site)
    .all<{ key: string }>();
  const held = new Set(results.map(({ key }) => key));
  const pending: string[] = [];
  for await (const { key, uploadedAt } of listRaw(env, site)) {
    if (hourOfRawKey(key) >= beforeHour || pending.length >= ROUND_OBJECTS) break;
    if (!held.has(key) && uploadedAt <= arrivedUntil) pending.push(key);
  }
  return pending;
}

async function compactRound(env: Env, site: string, pending: readonly string[]) {
  const after = await commitNumber(env, site);
  const objects: Commit['objects'][number][] = [];
  const rows: LakeRow[] = [];
  let oldest = Number.POSITIVE_INFINITY;
  const hours = new Set<number>();
  for (const key of pending) {
    if (rows.length >= ROUND_EVENTS || hours.size >= ROUND_HOURS) break;
    const raw = await readRaw(env, key);
    if (!raw) continue;
    if (raw.broken.length > 0) log('raw_lines_broken', { site, key, lines: raw.broken.slice(0, 20).join() });
    const entries: JournalEntry[] = [];
    for (const event of raw.events) {
      oldest = Math.min(oldest, event.receivedAt);
      const row = rowOf(event);
      rows.push(row);
      hours.add(hourOf(event.time));
      entries.push(entryOf(site, event, ownerOf(String(row.ledger_hash))));
      if (slice.spend(1)) await slice.pause();
    }
    objects.push({ key, etag: raw.etag, events: packEntries(entries) });
  }
  const byHour = Map.groupBy(rows, (row) => hourOf(Number(row.time)));
  const current = await readPartitions(env, site, [...byHour.keys()]);
  const since = Math.min(oldest, ...[...current.values()].map(({ writtenAt }) => writtenAt));
  const now = Date.now();
  const erased = await erasedSince(env, site, Number.isFinite(since) ? since : now);
  const partitions: Partition[] = [];
  const replaced: string[] = [];
  const history: RawEvent[] = [];
  for (const [hour, fresh] of byHour) {
    const before = current.get(hour);
    const { files, counted } = await writeHour(env, site, { hour, after }, before?.files ?? [], fresh, (row) =>
      isErasedRow(erased, row),
    );
    history.push(...counted);
    const keys = new Set(files.map(({ key }) => key));
    replaced.push(...(before?.files ?? []).flatMap(({ key }) => (keys.has(key) ? [] : [key])));
    partitions.push({ hour, files, writtenAt: now });
  }
  // What came as history counts with the commit that brings it, and with no other.
  await commit(env, site, after, { partitions, objects, replaced }, now, [
    ...rollupStatements(env, site, history),
    ...orderStatements(env, site, history),
  ]);
  return { objects: objects.length, events: rows.length };
}

/**
 * Writes the files of an hour anew: what they held and what is fresh, one present file at a time. `counted`: what is new of it and counts from
 * here, since it came as history.
 * `after` is the commit that the caller has read.
 */
export async function writeHour(
  env: Env,
  site: string,
  { hour, after }: { readonly hour: number; readonly after: number },
  files: readonly LakeFile[],
  fresh: readonly LakeRow[],
  isErased: (row: LakeRow) => boolean,
): Promise<{ readonly files: LakeFile[]; readonly counted: RawEvent[] }> {
  const present = files[0]?.shards ?? 1;
  const shards = shardsFor(files.reduce((sum, { rows }) => sum + rows, 0) + fresh.length, present);
  const written: LakeFile[] = [];
  const counted: RawEvent[] = [];
  for (let shard = 0; shard < present; shard += 1) {
    const held = files.find((file) => file.shard === shard);
    const added = fresh.filter((row) => shardOfHash(String(row.ledger_hash), present) === shard);
    const before = held ? await readParquet(env, held.key) : [];
    const { rows } = await inSlices(mergeSteps([before, added], isErased), slice);
    counted.push(...newHistory(site, before, rows));
    for (const [target, part] of Map.groupBy(rows, (row) => shardOfHash(String(row.ledger_hash), shards)))
      written.push(await writeParquet(env, site, hour, part, target, shards, after));
  }
  return { files: written, counted };
}
