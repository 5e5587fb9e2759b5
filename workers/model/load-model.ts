import { ByteCache } from '../../core/byte-cache.ts';
import { ExpiringCache } from '../../core/expiring-cache.ts';
import { type Block, decodeBlock } from '../../core/recommend/decode-block.ts';
import { ItemTable } from '../../core/recommend/item-table.ts';
import type { Manifest } from '../../core/recommend/manifest.ts';
import { placeOf } from '../../core/recommend/partition.ts';
import { DEFAULT_PARAMETERS, type Scored, Scorer } from '../../core/recommend/scorer.ts';
import { readCurrent } from './current-model.ts';

/** How long an isolate serves a manifest before it asks for a newer one. */
const MANIFEST_TTL_MS = 10_000;
/** Decoded blocks of all sites that an isolate holds; it has 128 MB for everything. */
const BLOCK_CACHE_BYTES = 32 * 1024 * 1024;
/** Items a site's numbering may hold before it begins anew, with its blocks. */
const MAX_TABLE_ITEMS = 500_000;

const manifests = new ExpiringCache<Manifest | null>(100, MANIFEST_TTL_MS);
const blocks = new ByteCache<Block>(BLOCK_CACHE_BYTES);
const numberings = new Map<string, { table: ItemTable; scorer: Scorer; generation: number }>();

/** A site's current model, as far as reads need it. */
export interface Model {
  readonly manifest: Manifest;
  /** The best items for a visitor; `recent` are his last items, oldest first. */
  forYou(recent: readonly string[], limit: number): Promise<Scored[]>;
  /** What visitors of an item look at beside it. */
  similar(item: string, limit: number): Promise<Scored[]>;
  /** What many look at now. */
  trending(limit: number): { item: string; score: number }[];
}

/** The site's current model, or null when none was published. Only the manifest is read; blocks come with the first question. */
export async function loadModel(env: Env, site: string): Promise<Model | null> {
  const now = Date.now();
  let manifest = manifests.get(site, now);
  if (manifest === undefined) {
    manifest = (await readCurrent(env, site))?.manifest ?? null;
    manifests.set(site, manifest, now);
  }
  return manifest && modelOf(env, manifest);
}

function modelOf(env: Env, manifest: Manifest): Model {
  const forYou = async (recent: readonly string[], limit: number): Promise<Scored[]> => {
    const numbering = numberingOf(manifest.site);
    const items = [...new Set(recent.slice(-DEFAULT_PARAMETERS.recentItems))];
    const found = new Map(
      await Promise.all(items.map(async (item) => [item, await blockOf(env, manifest, item, numbering)] as const)),
    );
    return numbering.scorer.score(recent, (item) => found.get(item), manifest.sessions, limit);
  };
  return {
    manifest,
    forYou,
    similar: (item, limit) => forYou([item], limit),
    trending: (limit) => manifest.trending.slice(0, limit),
  };
}

function numberingOf(site: string) {
  let numbering = numberings.get(site);
  if (!numbering || numbering.table.size > MAX_TABLE_ITEMS) {
    const table = new ItemTable();
    numbering = { table, scorer: new Scorer(table), generation: (numbering?.generation ?? 0) + 1 };
    numberings.set(site, numbering);
  }
  return numbering;
}

async function blockOf(
  env: Env,
  manifest: Manifest,
  item: string,
  numbering: ReturnType<typeof numberingOf>,
): Promise<Block | undefined> {
  const { shard, block } = placeOf(item, { shards: manifest.shards.length, blocks: manifest.blocks });
  const key = manifest.shards[shard]?.[block]?.key;
  if (key === undefined) return undefined;
  const cacheKey = `${manifest.site}/${numbering.generation}/${key}`;
  const cached = blocks.get(cacheKey);
  if (cached) return cached;
  const object = await env.MODELS.get(key);
  if (!object) throw new Error(`the block ${key} is missing`);
  const decoded = decodeBlock(new Uint8Array(await object.arrayBuffer()), numbering.table);
  blocks.set(cacheKey, decoded);
  return decoded;
}
