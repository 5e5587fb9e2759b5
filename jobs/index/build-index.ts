import { MINUTE_MS } from '../../core/time.ts';
import { log } from '../../stores/log.ts';
import { readCurrent } from '../../stores/model/current-model.ts';
import {
  type BuildOutcome,
  type IndexBuild,
  type IndexRow,
  readIndex,
  writeIndex,
} from '../../stores/model/index-row.ts';
import { sessionEnds } from '../../stores/model/session-ends.ts';
import { type Generation, shardStubs } from '../../stores/objects/shards.ts';
import { compactSite } from '../compact/compact-site.ts';
import { publishModel } from '../publish/publish-model.ts';
import { takeLease } from '../schedule/lease.ts';
import { forgetMarks, replayLake } from './replay-lake.ts';

/** A batch of events that was under way when a build began, and told only the old shards, has its events in the lake by then. */
const SETTLE_MS = MINUTE_MS;
/** By then nobody calls a generation any more that serves no more. */
const RETIRED_MS = 15 * MINUTE_MS;
/** How long a run has a site's build to itself, if it does not end before. */
const LEASE_MS = 5 * MINUTE_MS;
/** What a run gives compaction at least. */
const COMPACT_MS = 1_000;
/** Tries against others who change the row. */
const MAX_TRIES = 5;
/** How long a publish waits for another one, which rests a while between its slices where requests are served. */
const PUBLISH_TRIES = 30;
const TRY_AGAIN_MS = 1_000;

/** What is asked of a build. */
export interface BuildRequest {
  /** Into how many shards the index is cut; as now, if nothing is said. */
  readonly shards?: number | undefined;
  /** Lets the sessions be half or twice as many as those that serve: the shop has changed that much and somebody says so. */
  readonly acceptCounts?: boolean;
}

/**
 * Begins to build a site's index from its lake, beside the one that serves. One that is under way stays, if it is to have as many shards; else it
 * is given up.
 */
export async function beginBuild(env: Env, site: string, request: BuildRequest): Promise<IndexBuild> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const index = await readIndex(env, site);
    const { shards = index.shards, acceptCounts = false } = request;
    if (index.build?.shards === shards && index.build.acceptCounts === acceptCounts) return index.build;
    const begunAt = Date.now();
    const open = await env.DB.prepare(
      'SELECT MIN(requested_at) AS since FROM erasures WHERE site = ? AND finished_at IS NULL',
    )
      .bind(site)
      .first<{ since: number | null }>();
    const build: IndexBuild = {
      v: 1,
      id: crypto.randomUUID(),
      // Never one that was: its shards may hold something still.
      generation: begunAt,
      shards,
      begunAt,
      erasuresFrom: Math.min(begunAt, open?.since ?? begunAt) - MINUTE_MS,
      acceptCounts,
      stage: 'settle',
    };
    if (!(await writeIndex(env, site, index, { ...givenUp(index), build }))) continue;
    if (index.build) await forgetMarks(env, site, build);
    return build;
  }
  throw new Error('the index changes faster than a build can begin');
}

/** Gives up a build that is under way; whether there was one. */
export async function abandonBuild(env: Env, site: string): Promise<boolean> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const index = await readIndex(env, site);
    if (!index.build) return false;
    if (await writeIndex(env, site, index, givenUp(index))) {
      await forgetMarks(env, site);
      return true;
    }
  }
  throw new Error('the index changes faster than a build can be given up');
}

/**
 * Goes on with a site's build, stage by stage until it has ended or the time is over; then the next run goes on. Reads are served by the model
 * that was published last all the while.
 *
 * @returns the index as it is then; `busy` where another run is at it, which may have more to say of a build that has ended.
 */
export async function goOn(env: Env, site: string, deadline: number): Promise<IndexRow & { readonly busy?: true }> {
  const lease = await takeLease(env, `index ${site}`, crypto.randomUUID(), Date.now(), LEASE_MS);
  if (!lease) return { ...(await readIndex(env, site)), busy: true };
  try {
    for (;;) {
      const index = await readIndex(env, site);
      if (!index.build || !(await nextStage(env, site, index, index.build, deadline))) return index;
      if (Date.now() >= deadline) return await readIndex(env, site);
    }
  } finally {
    await lease.release();
  }
}

/** Brings a build a stage further; whether it could be. */
async function nextStage(
  env: Env,
  site: string,
  index: IndexRow,
  build: IndexBuild,
  deadline: number,
): Promise<boolean> {
  const to = (stage: IndexBuild['stage']) => writeIndex(env, site, index, { ...index, build: { ...build, stage } });
  if (build.stage === 'settle') return Date.now() >= build.begunAt + SETTLE_MS && to('compact');
  if (build.stage === 'compact') {
    const until = Math.max(deadline, Date.now() + COMPACT_MS);
    const settledAt = build.begunAt + SETTLE_MS;
    const { done } = await compactSite(env, site, Number.POSITIVE_INFINITY, until, settledAt);
    return done && to('lake');
  }
  return (await replayLake(env, site, build, deadline)) && swap(env, site, index, build);
}

/** Lets a generation serve that is whole, if it holds about as many sessions as the one before, and publishes it. */
async function swap(env: Env, site: string, index: IndexRow, build: IndexBuild): Promise<boolean> {
  const { shards } = build;
  const [sessions, sessionsBefore] = await Promise.all([
    countSessions(env, site, build),
    countSessions(env, site, index),
  ]);
  const counted = { endedAt: Date.now(), shards, sessions, sessionsBefore };
  const changed = sessions * 2 < sessionsBefore || sessions > sessionsBefore * 2;
  if (changed && !build.acceptCounts) {
    const outcome: BuildOutcome = { ...counted, result: 'refused' };
    return end(env, site, index, { ...givenUp(index), outcome });
  }
  const { generation } = build;
  const outcome: BuildOutcome = { ...counted, result: 'swapped' };
  const serving: IndexRow = {
    generation,
    shards,
    build: undefined,
    outcome,
    retired: [...index.retired, { ...generationOf(index), since: Date.now() }],
  };
  // What serves is published once more, so that both models are of one time. Cut into other shards, all blocks are others.
  const before = shards === index.shards ? await publishedBlocks(env, site, false) : undefined;
  if (!(await end(env, site, index, serving))) return false;
  const after = await publishedBlocks(env, site, build.acceptCounts);
  if (!before || !after) return true;
  const known = new Set(before);
  const compared = { blocks: after.length, sameBlocks: after.filter((key) => known.has(key)).length };
  await writeIndex(env, site, serving, { ...serving, outcome: { ...outcome, ...compared } });
  return true;
}

async function end(env: Env, site: string, index: IndexRow, next: IndexRow): Promise<boolean> {
  if (!(await writeIndex(env, site, index, next))) return false;
  await forgetMarks(env, site);
  const { result, sessions, sessionsBefore, shards } = next.outcome ?? {};
  log('index', { site, result, sessions, sessionsBefore, shards });
  return true;
}

/** Publishes what serves now, if the check lets it and no rollback holds the model. Returns the keys of its blocks. */
async function publishedBlocks(env: Env, site: string, acceptCounts: boolean): Promise<string[] | undefined> {
  for (let tries = 0; tries < PUBLISH_TRIES; tries += 1) {
    if ((await readCurrent(env, site))?.held) return undefined;
    const published = await publishModel(env, site, acceptCounts);
    if (published.ok) return published.manifest.shards.flat().map(({ key }) => key);
    if (!published.busy) return undefined;
    await scheduler.wait(TRY_AGAIN_MS);
  }
  return undefined;
}

async function countSessions(env: Env, site: string, index: Generation): Promise<number> {
  return (await sessionEnds(shardStubs(env, site, index))).length;
}

/** Drops generations that nobody calls any more. */
export async function dropRetired(env: Env, site: string, now: number): Promise<void> {
  const index = await readIndex(env, site);
  const isDue = ({ since }: { readonly since: number }) => since + RETIRED_MS <= now;
  const due = index.retired.filter(isDue);
  if (due.length === 0) return;
  for (const generation of due) for (const shard of shardStubs(env, site, generation)) await shard.drop();
  // Also what a run has left that was at it when its build was given up.
  await forgetMarks(env, site, index.build);
  await writeIndex(env, site, index, { ...index, retired: index.retired.filter((one) => !isDue(one)) });
}

function generationOf({ generation, shards }: Generation): Generation {
  return { generation, shards };
}

/** The index without its build, which nobody feeds any more. */
function givenUp(index: IndexRow): IndexRow {
  const { build } = index;
  if (!build) return index;
  const now = Date.now();
  return {
    ...index,
    build: undefined,
    outcome: { result: 'abandoned', endedAt: now, shards: build.shards },
    retired: [...index.retired, { ...generationOf(build), since: now }],
  };
}
