import { sha256Hex } from '../../core/sha256-hex.ts';
import {
  blockOf,
  decodeBlock,
  encodeTogether,
  type TogetherManifest,
  togetherSchema,
} from '../../core/together/blocks.ts';
import type { Partner, Together } from '../../core/together/count-pairs.ts';
import { ByteCache } from '../cache/byte-cache.ts';
import { LoadedCache, readThrough } from '../cache/read-through.ts';
import { SingleFlight } from '../cache/single-flight.ts';
import { withDeadline } from '../with-deadline.ts';

/** After how long an isolate asks for newer counts, and until when it serves the old ones meanwhile. */
const MANIFEST_AGES = { refreshMs: 60_000, ttlMs: 600_000 };
const MAX_SITES = 100;
/** Blocks of all sites that an isolate holds, by the length of their texts. */
const CACHE_BYTES = 8 * 1024 * 1024;
/** How long a read waits for a block. */
const DEADLINE_MS = 200;

interface Block {
  readonly bytes: number;
  readonly partners: ReadonlyMap<string, readonly Partner[]>;
}

const manifests = new LoadedCache<TogetherManifest | null>(MAX_SITES, MANIFEST_AGES);
const blocks = new ByteCache<Block>(CACHE_BYTES);
const flights = new SingleFlight<Block>();
const prefixOf = (site: string) => `together/${site}/`;
const keyOf = (site: string) => `${prefixOf(site)}current.json`;

/** A product's partners, best first; none where nothing was counted. Throws where a block does not come in time. */
export async function partnersOf(env: Env, site: string, item: string): Promise<readonly Partner[]> {
  const manifest = await readThrough(manifests, site, () => readTogether(env, site));
  const key = manifest?.blocks[blockOf(item, manifest.blocks.length)];
  if (key === undefined) return [];
  const held = blocks.get(key);
  const block =
    held ??
    (await withDeadline(
      flights.load(key, () => fetchBlock(env, key)),
      DEADLINE_MS,
    ));
  if (typeof block !== 'object') throw new Error(`what is bought together did not come: ${block}`);
  return block.partners.get(item) ?? [];
}

/** Where what is bought together lies; nothing where it was never counted. */
export async function readTogether(env: Env, site: string): Promise<TogetherManifest | null> {
  const object = await env.MODELS.get(keyOf(site));
  return object ? togetherSchema.parse(await object.json()) : null;
}

/** Puts counts in the place of those before, in one write; blocks that nobody reads any more go. */
export async function writeTogether(
  env: Env,
  site: string,
  together: Together,
  counted: { readonly at: number; readonly orders: number },
): Promise<void> {
  const before = await readTogether(env, site);
  const keys: string[] = [];
  for (const text of encodeTogether(together)) {
    const key = `${prefixOf(site)}${(await sha256Hex(text)).slice(0, 32)}.json`;
    await env.MODELS.put(key, text, { httpMetadata: { contentType: 'application/json' } });
    keys.push(key);
  }
  const manifest: TogetherManifest = {
    v: 1,
    countedAt: counted.at,
    orders: counted.orders,
    items: together.size,
    blocks: keys,
    before: before?.blocks ?? [],
  };
  await env.MODELS.put(keyOf(site), JSON.stringify(manifest), { httpMetadata: { contentType: 'application/json' } });
  const used = new Set([...keys, ...manifest.before]);
  const unused = (before?.before ?? []).filter((key) => !used.has(key));
  for (let from = 0; from < unused.length; from += 1_000) await env.MODELS.delete(unused.slice(from, from + 1_000));
}

async function fetchBlock(env: Env, key: string): Promise<Block> {
  const object = await env.MODELS.get(key);
  if (!object) throw new Error(`the block ${key} is missing`);
  const text = await object.text();
  const block = { bytes: text.length * 2, partners: decodeBlock(text) };
  blocks.set(key, block);
  return block;
}
