import pMap from 'p-map';
import { checkModel, MAX_BLOCK_BYTES } from '../../core/recommend/check-model.ts';
import { recentSessions, sessionsByHour } from '../../core/recommend/hourly-counts.ts';
import type { Manifest } from '../../core/recommend/manifest.ts';
import type { EncodedShard } from '../../durable-objects/session-index/session-index.ts';
import { readCurrent, writeCurrent } from '../../stores/model/current-model.ts';
import { servingShards } from '../../stores/model/serving-shards.ts';
import { sessionEnds } from '../../stores/model/session-ends.ts';
import { takeLease } from '../schedule/lease.ts';

/** Models before the current one that a rollback can reach. */
export const KEPT_MODELS = 5;
/** What a block should hold: what a read decodes in a millisecond or two. The number of blocks follows from it, in powers of two. */
const BLOCK_BYTES = 128 * 1024;
const MAX_BLOCKS = 1024;
const TRENDING_ITEMS = 200;
/** How long a publish has a site's model to itself, if it does not end before. */
const LEASE_MS = 5 * 60_000;
/** Times as many blocks are made when one is too large. */
const GROWTH = 8;
/** Tries of a rollback against publishes. */
const MAX_TRIES = 5;
/** Shards that encode at once: where all run on one thread, a request waits for a slice of each. */
const SHARDS_AT_ONCE = 2;

export type Published =
  | { readonly ok: true; readonly manifest: Manifest }
  | {
      readonly ok: false;
      readonly refusals: string[];
      /** Whether nothing is wrong but that somebody else changes the model now. */
      readonly busy?: true;
    };

/**
 * Publishes what the shards hold as the next model, if the check lets it; else the last good one stays.
 *
 * @param acceptCounts Lets sessions and items halve or double: the shop has changed that much and somebody says so.
 */
export async function publishModel(env: Env, site: string, acceptCounts = false): Promise<Published> {
  const lease = await takeLease(env, `publish ${site}`, crypto.randomUUID(), Date.now(), LEASE_MS);
  if (!lease) return { ok: false, refusals: ['another publish is under way'], busy: true };
  try {
    return await publishAlone(env, site, acceptCounts);
  } finally {
    await lease.release();
  }
}

async function publishAlone(env: Env, site: string, acceptCounts: boolean): Promise<Published> {
  const now = Date.now();
  const shards = await servingShards(env, site);
  const [current, ends] = await Promise.all([readCurrent(env, site), sessionEnds(shards)]);
  const recent = recentSessions(sessionsByHour(ends), ends.length);
  const summaries = await Promise.all(shards.map((shard) => shard.summary(now, recent.sinceHour)));
  const counts = summaries.flatMap((summary) => summary.counts);
  const largest = Math.max(...summaries.map(({ bytes }) => bytes));
  const written: string[] = [];
  const encode = async (blocks: number) => {
    const encoded = await pMap(shards, (shard) => shard.encode(blocks, counts), { concurrency: SHARDS_AT_ONCE });
    written.push(...encoded.flatMap((shard) => shard.written));
    return encoded;
  };
  const wanted = Math.min(MAX_BLOCKS, 2 ** Math.max(0, Math.ceil(Math.log2(largest / BLOCK_BYTES))));
  const { encoded, blocks } = await encodeSmall(encode, wanted);
  const manifest: Manifest = {
    v: 1,
    site,
    version: now,
    blocks,
    shards: encoded.map((shard) => shard.blocks),
    sessions: ends.length,
    recentShare: recent.sessions / Math.max(1, ends.length),
    newestSeconds: ends.at(-1) ?? 0,
    ...(current?.manifest.ranker !== undefined && { ranker: current.manifest.ranker }),
    ...(current?.manifest.rates && { rates: current.manifest.rates }),
    items: counts.length,
    trending: summaries
      .flatMap(({ trending }) => trending)
      .sort((a, b) => b.score - a.score || (a.item < b.item ? -1 : 1))
      .slice(0, TRENDING_ITEMS),
  };
  const previous = current ? [current.manifest, ...current.previous] : [];
  const kept = previous.slice(0, KEPT_MODELS);
  const refusals = checkModel(manifest, current?.manifest, site, acceptCounts);
  const taken =
    refusals.length === 0 && (await writeCurrent(env, site, { manifest, previous: kept, held: false }, current));
  if (!taken) {
    // A rollback, or whoever was first, stays; of what was refused nothing does.
    const now = await readCurrent(env, site);
    await deleteUnused(env, now ? [now.manifest, ...now.previous] : [], written);
    if (refusals.length > 0) return { ok: false, refusals };
    return { ok: false, refusals: ['the model was changed meanwhile'], busy: true };
  }
  await Promise.all(shards.map((shard, at) => shard.markPublished(encoded[at]?.change ?? 0)));
  await deleteUnused(env, [manifest, ...kept], written);
  await forgetModels(env, [manifest, ...kept], previous.slice(KEPT_MODELS));
  return { ok: true, manifest };
}

/** Encodes into more blocks until each can be served: how large they are follows from the products' ids, which may be long. */
async function encodeSmall(encode: (blocks: number) => Promise<EncodedShard[]>, wanted: number) {
  for (let blocks = wanted; ; blocks *= GROWTH) {
    const encoded = await encode(blocks);
    const largest = Math.max(...encoded.flatMap((shard) => shard.blocks.map(({ bytes }) => bytes)), 0);
    if (largest <= MAX_BLOCK_BYTES || blocks * GROWTH > MAX_BLOCKS) return { encoded, blocks };
  }
}

/** Goes back to the model before the current one and holds it there; nothing when there is none. */
export async function rollbackModel(env: Env, site: string): Promise<Manifest | undefined> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const current = await readCurrent(env, site);
    const [manifest, ...previous] = current?.previous ?? [];
    if (!manifest) return undefined;
    if (await writeCurrent(env, site, { manifest, previous, held: true }, current)) return manifest;
  }
  throw new Error('the model changes faster than it can be rolled back');
}

/** Deletes the blocks of models that nothing leads back to any more, but for those that others have too. */
export function forgetModels(env: Env, kept: readonly Manifest[], dropped: readonly Manifest[]): Promise<void> {
  return deleteUnused(env, kept, keysOf(dropped));
}

const keysOf = (manifests: readonly Manifest[]) =>
  manifests.flatMap(({ shards }) => shards.flat().map(({ key }) => key));

async function deleteUnused(env: Env, kept: readonly Manifest[], keys: readonly string[]): Promise<void> {
  const used = new Set(keysOf(kept));
  const unused = [...new Set(keys)].filter((key) => !used.has(key));
  for (let from = 0; from < unused.length; from += 1000) await env.MODELS.delete(unused.slice(from, from + 1000));
}
