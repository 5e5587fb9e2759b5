import pMap from 'p-map';
import { checkModel } from '../../core/recommend/check-model.ts';
import type { Manifest } from '../../core/recommend/manifest.ts';
import { readCurrent, writeCurrent } from '../../stores/model/current-model.ts';
import { shardStubs } from '../../stores/objects/shards.ts';

/** Models before the current one that a rollback can reach. */
const KEPT_MODELS = 5;
/** What a block should hold: what a read decodes in a millisecond or two. The number of blocks follows from it, in powers of two. */
const BLOCK_BYTES = 128 * 1024;
const MAX_BLOCKS = 1024;
const TRENDING_ITEMS = 200;
/** Shards that encode at once: where all run on one thread, a request waits for a slice of each. */
const SHARDS_AT_ONCE = 2;

export type Published =
  | { readonly ok: true; readonly manifest: Manifest }
  | { readonly ok: false; readonly refusals: string[] };

/**
 * Publishes what the shards hold as the next model, if the check lets it; else the last good one stays.
 *
 * @param acceptCounts Lets sessions and items halve or double: the shop has changed that much and somebody says so.
 */
export async function publishModel(env: Env, site: string, acceptCounts = false): Promise<Published> {
  const now = Date.now();
  const shards = shardStubs(env, site);
  const [current, ...summaries] = await Promise.all([
    readCurrent(env, site),
    ...shards.map((shard) => shard.summary(now)),
  ]);
  const counts = summaries.flatMap((summary) => summary.counts);
  const largest = Math.max(...summaries.map(({ bytes }) => bytes));
  const blocks = Math.min(MAX_BLOCKS, 2 ** Math.max(0, Math.ceil(Math.log2(largest / BLOCK_BYTES))));
  const encoded = await pMap(shards, (shard) => shard.encode(blocks, counts), { concurrency: SHARDS_AT_ONCE });
  const manifest: Manifest = {
    v: 1,
    site,
    version: now,
    blocks,
    shards: encoded.map((shard) => shard.blocks),
    sessions: summaries.reduce((sum, { sessions }) => sum + sessions, 0),
    items: counts.length,
    trending: summaries
      .flatMap(({ trending }) => trending)
      .sort((a, b) => b.score - a.score || (a.item < b.item ? -1 : 1))
      .slice(0, TRENDING_ITEMS),
  };
  const refusals = checkModel(manifest, current?.manifest, site, acceptCounts);
  if (refusals.length > 0) return { ok: false, refusals };
  const previous = current ? [current.manifest, ...current.previous] : [];
  await writeCurrent(env, site, { manifest, previous: previous.slice(0, KEPT_MODELS), held: false });
  await Promise.all(shards.map((shard, at) => shard.markPublished(encoded[at]?.change ?? 0)));
  await deleteUnused(env, [manifest, ...previous.slice(0, KEPT_MODELS)], previous.slice(KEPT_MODELS));
  return { ok: true, manifest };
}

/** Goes back to the model before the current one and holds it there; nothing when there is none. */
export async function rollbackModel(env: Env, site: string): Promise<Manifest | undefined> {
  const current = await readCurrent(env, site);
  const [manifest, ...previous] = current?.previous ?? [];
  if (!manifest) return undefined;
  await writeCurrent(env, site, { manifest, previous, held: true });
  return manifest;
}

async function deleteUnused(env: Env, kept: readonly Manifest[], dropped: readonly Manifest[]): Promise<void> {
  const keysOf = (manifests: readonly Manifest[]) =>
    manifests.flatMap(({ shards }) => shards.flat().map(({ key }) => key));
  const used = new Set(keysOf(kept));
  const unused = [...new Set(keysOf(dropped))].filter((key) => !used.has(key));
  for (let from = 0; from < unused.length; from += 1000) await env.MODELS.delete(unused.slice(from, from + 1000));
}
