import {
  noProgress,
  questionsOf,
  TAIL_QUESTIONS,
  TAIL_SESSIONS,
  TAIL_SHARE,
  thinned,
} from '../../core/recommend/fit-ranker.ts';
import { recentSessions, sessionsByHour } from '../../core/recommend/hourly-counts.ts';
import { LIST_STEPS } from '../../core/recommend/scan.ts';
import { HOUR_MS } from '../../core/time.ts';
import { ratesBefore } from '../../stores/model/item-rates.ts';
import { servingShards } from '../../stores/model/serving-shards.ts';
import { sessionEnds } from '../../stores/model/session-ends.ts';
import type { FitState } from './fit-state.ts';

/** Sessions below which no fit is tried: the newest of them would hold too few questions. */
const MIN_SESSIONS = 500;
/** Blocks of each shard. */
const BLOCKS = 16;

/** Where a fit keeps what it needs, until it has ended. */
export const fitPrefix = (site: string) => `models/${site}/fit/`;
export const questionsKey = (site: string, id: string) => `${fitPrefix(site)}${id}/questions.json`;

/**
 * Writes the questions of a site's newest sessions, and the lists of the items that they begin with as they were before those sessions.
 * Nothing when there are too few sessions.
 */
export async function beginFit(env: Env, site: string): Promise<FitState | undefined> {
  const shards = await servingShards(env, site);
  const ends = await sessionEnds(shards);
  const tail = Math.min(TAIL_SESSIONS, Math.floor(ends.length * TAIL_SHARE));
  if (ends.length < MIN_SESSIONS) return undefined;
  const cutSeconds = ends[ends.length - tail] as number;
  const earlier = ends.subarray(0, ends.indexOf(cutSeconds));
  const id = crypto.randomUUID();
  const sessions = (await Promise.all(shards.map((shard) => shard.endedSince(cutSeconds)))).flat();
  sessions.sort((a, b) => a.end - b.end);
  const questions = thinned(
    sessions.flatMap(({ items }) => questionsOf(items)),
    TAIL_QUESTIONS,
  );
  await env.MODELS.put(questionsKey(site, id), JSON.stringify(questions));
  const recent = recentSessions(sessionsByHour(earlier), earlier.length);
  const sinceSeconds = (recent.sinceHour * HOUR_MS) / 1_000;
  const counts = (await Promise.all(shards.map((shard) => shard.countsBefore(cutSeconds, sinceSeconds)))).flat();
  const wanted = [...new Set(questions.flatMap(({ items }) => items.slice(-LIST_STEPS)))];
  const prefix = `${fitPrefix(site)}${id}/`;
  const blocks: string[][] = [];
  // One after the other: each holds its lists a second time while it encodes.
  for (const shard of shards)
    blocks.push(await shard.encodeBefore({ cutSeconds, wanted, counts, blocks: BLOCKS, prefix }));
  const rates = await ratesBefore(env, site, cutSeconds * 1_000);
  return {
    v: 2,
    id,
    stage: 'rows',
    blocks,
    facts: {
      sessions: earlier.length,
      recentShare: recent.sessions / Math.max(1, earlier.length),
      newestSeconds: earlier.at(-1) ?? 0,
    },
    rates: rates?.key ?? null,
    progress: noProgress(),
  };
}
