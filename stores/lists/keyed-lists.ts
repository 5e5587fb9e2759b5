import {
  blockOf,
  decodeLists,
  encodeLists,
  type KeyedLists,
  type Listed,
  type ListsManifest,
  listsManifestSchema,
} from '../../core/lists/keyed-lists.ts';
import { sha256Hex } from '../../core/sha256-hex.ts';
import { ByteCache } from '../cache/byte-cache.ts';
import { LoadedCache, readThrough } from '../cache/read-through.ts';
import { SingleFlight } from '../cache/single-flight.ts';
import type { WaitBudget } from '../wait-budget.ts';
import { withDeadline } from '../with-deadline.ts';

/** What is listed: what is bought together, by product; what is popular, by category. */
export type ListKind = 'together' | 'popular';

/** After how long an isolate asks for newer lists, and until when it serves the old ones meanwhile. */
const MANIFEST_AGES = { refreshMs: 60_000, ttlMs: 600_000 };
const MAX_MANIFESTS = 200;
/** Blocks of all sites that an isolate holds, by the length of their texts. */
const CACHE_BYTES = 8 * 1024 * 1024;

interface Block {
  readonly bytes: number;
  readonly lists: ReadonlyMap<string, readonly Listed[]>;
}

const manifests = new LoadedCache<ListsManifest | null>(MAX_MANIFESTS, MANIFEST_AGES);
const blocks = new ByteCache<Block>(CACHE_BYTES);
const flights = new SingleFlight<Block>();
const prefixOf = (kind: ListKind, site: string) => `${kind}/${site}/`;
const manifestKey = (kind: ListKind, site: string) => `${prefixOf(kind, site)}current.json`;

/**
 * A list, best first; empty where there is none.
 *
 * @param budget what the read waits in all for what is in the bucket.
 * @throws where it does not come in time.
 */
export async function readList(
  env: Env,
  kind: ListKind,
  site: string,
  key: string,
  budget: WaitBudget,
): Promise<readonly Listed[]> {
  const manifest = await readThrough(manifests, `${site}/${kind}`, () => readManifest(env, kind, site), budget);
  const block = manifest?.blocks[blockOf(key, manifest.blocks.length)];
  if (block === undefined) return [];
  const held =
    blocks.get(block) ??
    (await withDeadline(
      flights.load(block, () => fetchBlock(env, block)),
      budget,
    ));
  if (typeof held !== 'object') throw new Error(`a block of lists did not come: ${held}`);
  return held.lists.get(key) ?? [];
}

/** Puts lists in the place of those before, in one write; blocks that nobody reads any more go. Of equal lists nothing is written. `at` in ms since 1970. */
export async function writeLists(env: Env, kind: ListKind, site: string, lists: KeyedLists, at: number): Promise<void> {
  const before = await readManifest(env, kind, site);
  const blocks = await Promise.all(
    encodeLists(lists).map(async (text) => {
      const key = `${prefixOf(kind, site)}${(await sha256Hex(text)).slice(0, 32)}.json`;
      return { key, text };
    }),
  );
  const keys = blocks.map(({ key }) => key);
  if (before ? before.blocks.join() === keys.join() && before.before.length === 0 : lists.size === 0) return;
  const there = new Set(before?.blocks);
  for (const { key, text } of blocks)
    if (!there.has(key)) await env.MODELS.put(key, text, { httpMetadata: { contentType: 'application/json' } });
  const used = new Set(keys);
  const left = (before?.blocks ?? []).filter((key) => !used.has(key));
  const manifest: ListsManifest = { v: 1, madeAt: at, lists: lists.size, blocks: keys, before: left };
  await env.MODELS.put(manifestKey(kind, site), JSON.stringify(manifest), {
    httpMetadata: { contentType: 'application/json' },
  });
  const unused = (before?.before ?? []).filter((key) => !used.has(key) && !left.includes(key));
  for (let from = 0; from < unused.length; from += 1_000) await env.MODELS.delete(unused.slice(from, from + 1_000));
}

async function readManifest(env: Env, kind: ListKind, site: string): Promise<ListsManifest | null> {
  const object = await env.MODELS.get(manifestKey(kind, site));
  return object ? listsManifestSchema.parse(await object.json()) : null;
}

async function fetchBlock(env: Env, key: string): Promise<Block> {
  const object = await env.MODELS.get(key);
  if (!object) throw new Error(`the block ${key} is missing`);
  const text = await object.text();
  const block = { bytes: text.length * 2, lists: decodeLists(text) };
  blocks.set(key, block);
  return block;
}
