import { type Block, decodeBlock } from '../../core/recommend/decode-block.ts';
import { ItemTable } from '../../core/recommend/item-table.ts';
import type { Manifest } from '../../core/recommend/manifest.ts';
import { type Placement, placeOf } from '../../core/recommend/placement.ts';
import { type Scored, Scorer } from '../../core/recommend/scorer.ts';
import { ByteCache } from '../cache/byte-cache.ts';
import { LoadedCache, readThrough } from '../cache/read-through.ts';
import { SingleFlight } from '../cache/single-flight.ts';
import { readCurrent } from './current-model.ts';

/** After how long an isolate asks for a newer manifest, and until when it serves the old one in the meantime. */
const MANIFEST_AGES = { refreshMs: 5_000, ttlMs: 60_000 };
/** Decoded blocks of all sites that an isolate holds; it has 128 MB for everything. */
const BLOCK_CACHE_BYTES = 32 * 1024 * 1024;
/** Items a site's numbering may hold before it begins anew, with its blocks. */
const MAX_TABLE_ITEMS = 500_000;
/** Sites whose models an isolate knows. */
const MAX_SITES = 100;

const models = new LoadedCache<Model | null>(MAX_SITES, MANIFEST_AGES);
const blocks = new ByteCache<SiteBlock>(BLOCK_CACHE_BYTES);
const flights = new SingleFlight<SiteBlock>();
const numberings = new Map<string, Numbering>();

/** A site's numbering of items, and the scorer that works in it. */
interface Numbering {
  readonly table: ItemTable;
  readonly scorer: Scorer;
}

/** A decoded block with the numbering that its items have. */
interface SiteBlock extends Block {
  readonly table: ItemTable;
}

/** The site's current model, or null when none was published. Only the manifest is read; blocks come with the first question. */
export function loadModel(env: Env, site: string): Promise<Model | null> {
  return readThrough(models, site, async () => {
    const current = await readCurrent(env, site);
    return current ? new Model(current.manifest) : null;
  });
}

/** A site's current model, as far as reads need it. Items in `hidden` are never answered. */
export class Model {
  private readonly manifest: Manifest;
  private readonly placement: Placement;

  constructor(manifest: Manifest) {
    this.manifest = manifest;
    this.placement = { shards: manifest.shards.length, blocks: manifest.blocks };
  }

  /** The best items for a visitor, or beside an item; `recent` are his last items, or that item, oldest first. */
  async near(env: Env, recent: readonly string[], limit: number, hidden: ReadonlySet<string>): Promise<Scored[]> {
    const numbering = numberingOf(this.manifest.site);
    const found = new Map<string, SiteBlock>();
    const missing = new Map<string, string>();
    for (const item of recent) {
      const key = this.blockKey(item);
      const block = key === undefined ? undefined : blocks.get(key);
      if (block?.table === numbering.table) found.set(item, block);
      else if (key !== undefined) missing.set(item, key);
    }
    if (missing.size > 0) {
      const load = async ([item, key]: [string, string]) => found.set(item, await loadBlock(env, key, numbering.table));
      await Promise.all([...missing].map(load));
    }
    return numbering.scorer.score(recent, (item) => found.get(item), this.manifest.sessions, limit, hidden);
  }

  /** What many look at now. */
  trending(limit: number, hidden: ReadonlySet<string>): Manifest['trending'] {
    return this.manifest.trending.filter(({ item }) => !hidden.has(item)).slice(0, limit);
  }

  private blockKey(item: string): string | undefined {
    const { shard, block } = placeOf(item, this.placement);
    return this.manifest.shards[shard]?.[block]?.key;
  }
}

function numberingOf(site: string): Numbering {
  let numbering = numberings.get(site);
  if (!numbering || numbering.table.size > MAX_TABLE_ITEMS) {
    const table = new ItemTable();
    numbering = { table, scorer: new Scorer(table) };
    if (numberings.size >= MAX_SITES) numberings.delete(numberings.keys().next().value ?? '');
    numberings.set(site, numbering);
  }
  return numbering;
}

/** Loads a block, once however many reads miss it together. */
async function loadBlock(env: Env, key: string, table: ItemTable): Promise<SiteBlock> {
  const block = await flights.load(key, () => fetchBlock(env, key, table));
  // Joined a load that the numbering of before began.
  return block.table === table ? block : fetchBlock(env, key, table);
}

async function fetchBlock(env: Env, key: string, table: ItemTable): Promise<SiteBlock> {
  const object = await env.MODELS.get(key);
  if (!object) throw new Error(`the block ${key} is missing`);
  const block = { ...decodeBlock(new Uint8Array(await object.arrayBuffer()), table), table };
  blocks.set(key, block);
  return block;
}
