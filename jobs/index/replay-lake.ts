import type { EnrichedEvent } from '../../core/events/message.ts';
import type { Ledger } from '../../core/identity/ledger.ts';
import { eventOf } from '../../core/lake/columns.ts';
import {
  type ReplayedProfile,
  type ReplayedSession,
  type ReplayState,
  SessionReplay,
} from '../../core/profile/replay-sessions.ts';
import { HOUR_MS } from '../../core/time.ts';
import { WorkSlice } from '../../core/work-slice.ts';
import { rest } from '../../stores/breathe.ts';
import { ERASED_COLUMNS, erasedSince, isErasedRow } from '../../stores/lake/erased.ts';
import { readParquet } from '../../stores/lake/parquet-files.ts';
import { listPartitions, type Partition } from '../../stores/lake/partitions.ts';
import type { IndexBuild } from '../../stores/model/index-row.ts';
import { profileStub, sessionPrefix } from '../../stores/objects/profile-stub.ts';
import { feedReplayed, removeReplayed } from './feed-replayed.ts';

/** What a session is made of. */
const COLUMNS = [...new Set([...ERASED_COLUMNS, 'event_id', 'type', 'time', 'ledger', 'consent', 'bot', 'properties'])];
/** Hours that are looked up at once. */
const HOURS_AT_ONCE = 200;
/** Sessions that are sent to the shards together. */
const SESSIONS_AT_ONCE = 250;
/** Rows that are read before requests run. */
const SLICE_ROWS = 500;
/** How often a mark is set, from which a run goes on after one that was broken off. */
const MARK_EACH_MS = 3_000;

/** From where a replay goes on. */
interface Mark {
  /** The next hour since 1970. */
  readonly hour: number;
  /** Sessions that were made. */
  readonly sessions: number;
  readonly replay: ReplayState;
}

const markPrefix = (site: string) => `models/${site}/index/`;
const markKey = (site: string, { id }: IndexBuild) => `${markPrefix(site)}${id}.json`;

/** How far a build is. */
export interface BuildProgress {
  /** The next hour since 1970 that is read; 0 before the first. */
  readonly hour: number;
  readonly hoursLeft: number;
  /** Sessions that were made. */
  readonly sessions: number;
}

/** How far the replay of a build was when it was last marked. */
export async function buildProgress(env: Env, site: string, build: IndexBuild): Promise<BuildProgress> {
  const { hour, sessions } = await readMark(env, site, build);
  const row = await env.DB.prepare('SELECT COUNT(*) AS hours FROM lake_partitions WHERE site = ? AND hour >= ?')
    .bind(site, hour)
    .first<{ hours: number }>();
  return { hour, hoursLeft: row?.hours ?? 0, sessions };
}

async function readMark(env: Env, site: string, build: IndexBuild): Promise<Mark> {
  const object = await env.MODELS.get(markKey(site, build));
  return object ? await object.json<Mark>() : { hour: 0, sessions: 0, replay: { open: [], refused: [] } };
}

/** Forgets how far a site's builds were, but for the one that is under way. */
export async function forgetMarks(env: Env, site: string, underWay?: IndexBuild): Promise<void> {
  const { objects } = await env.MODELS.list({ prefix: markPrefix(site) });
  const old = objects.map(({ key }) => key).filter((key) => !underWay || key !== markKey(site, underWay));
  if (old.length > 0) await env.MODELS.delete(old);
}

/**
 * Goes on with making a generation's sessions from the lake, hour by hour in the order of time, until all are made or the time is over. A run
 * that dies begins again at its last mark: what it has sent already changes nothing then. Makes an hour's progress at least.
 *
 * @returns whether all are made.
 */
export async function replayLake(env: Env, site: string, build: IndexBuild, deadline: number): Promise<boolean> {
  const mark = await readMark(env, site, build);
  const replay = new SessionReplay(mark.replay);
  let { hour, sessions } = mark;
  let markedAt = Date.now();
  let ended: ReplayedSession[] = [];
  const feed = async () => {
    await feedReplayed(env, site, build, ended);
    sessions += ended.length;
    ended = [];
  };
  const keep = async () => {
    await feed();
    const next: Mark = { hour, sessions, replay: replay.state };
    await env.MODELS.put(markKey(site, build), JSON.stringify(next));
    markedAt = Date.now();
  };
  for (;;) {
    const partitions = await listPartitions(env, site, hour, Number.MAX_SAFE_INTEGER, HOURS_AT_ONCE);
    for (const partition of partitions) {
      ended.push(...replay.closeBefore(partition.hour * HOUR_MS));
      for await (const { profile, events } of profilesOf(env, site, build, partition)) {
        ended.push(...replay.take(profile, events));
        if (ended.length >= SESSIONS_AT_ONCE) await feed();
      }
      hour = partition.hour + 1;
      const over = Date.now() >= deadline;
      if (over || Date.now() - markedAt >= MARK_EACH_MS) await keep();
      if (over) return false;
    }
    if (partitions.length < HOURS_AT_ONCE) break;
  }
  ended.push(...replay.closeBefore(Number.POSITIVE_INFINITY));
  await keep();
  await removeReplayed(env, site, build, [...replay.refused]);
  return true;
}

/** The events of an hour by profile, each one's in the order of time; without what was erased, and without bots, who teach nothing. */
async function* profilesOf(
  env: Env,
  site: string,
  { erasuresFrom }: IndexBuild,
  { files, writtenAt }: Partition,
): AsyncGenerator<{ readonly profile: ReplayedProfile; readonly events: readonly EnrichedEvent[] }> {
  const erased = await erasedSince(env, site, Math.min(erasuresFrom, writtenAt));
  const slice = new WorkSlice(SLICE_ROWS, rest);
  for (const { key } of files) {
    const rows = await readParquet(env, key, COLUMNS);
    const teaching = rows.filter((row) => row.bot !== true && !isErasedRow(erased, row));
    // A file is sorted by ledger, then by time.
    for (const [hash, own] of Map.groupBy(teaching, (row) => String(row.ledger_hash))) {
      const stub = profileStub(env, site, String(own[0]?.ledger) as Ledger);
      yield { profile: { hash, prefix: sessionPrefix(stub.id) }, events: own.map((row) => eventOf(site, row)) };
      if (slice.spend(own.length)) await slice.pause();
    }
  }
}
