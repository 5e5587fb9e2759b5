import type { Barred } from '../../core/decide/candidates.ts';
import { rankerOf } from '../../core/recommend/check-ranker.ts';
import { type Block, decodeBlock } from '../../core/recommend/decode-block.ts';
import { ItemTable } from '../../core/recommend/item-table.ts';
import type { Manifest } from '../../core/recommend/manifest.ts';
import { type Placement, placeOf } from '../../core/recommend/placement.ts';
import { PRIOR_RANKER } from '../../core/recommend/prior-ranker.ts';
import { Ranker } from '../../core/recommend/ranker.ts';
import type { RankerChoice } from '../../core/recommend/ranker-choice.ts';
import { LIST_ENTRIES, LIST_STEPS, type ModelFacts } from '../../core/recommend/scan.ts';
import { type Scored, Scorer } from '../../core/recommend/scorer.ts';
import { ByteCache } from '../cache/byte-cache.ts';
import { LoadedCache, readThrough } from '../cache/read-through.ts';
import { SingleFlight } from '../cache/single-flight.ts';
import type { WaitBudget } from '../wait-budget.ts';
import { settledWithin } from '../with-deadline.ts';
import { readCurrent } from './current-model.ts';
import { heldRates } from './item-rates.ts';

/** After how long an isolate asks for a newer manifest, and until when it serves the old one in the meantime. */
const MANIFEST_AGES = { refreshMs: 5_000, ttlMs: 60_000 };
/** Decoded blocks of all sites that an isolate holds; it has 128 MB for everything. */
const BLOCK_CACHE_BYTES = 32 * 1024 * 1024;
/** Items a site's numbering may hold before it begins anew, with its blocks. */
const MAX_TABLE_ITEMS = 500_000;
/** Lists that are read together. */
const LISTS_AT_ONCE = 5;
/** Sites whose models an isolate knows. */
const MAX_SITES = 100;

const models = new LoadedCache<Model | null>(MAX_SITES, MANIFEST_AGES);
const blocks = new ByteCache<SiteBlock>(BLOCK_CACHE_BYTES);
const flights = new SingleFlight<SiteBlock>();
const numberings = new Map<string, Numbering>();

/** The ranker that needs no log of the shop. */
const SHIPPED = new Ranker(PRIOR_RANKER.trees);

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

/** The model that this isolate last knew, at once. */
export function heldModel(site: string): Model | null {
  return models.last(site) ?? null;
}

/** A site's current model, as far as reads need it. Items in `hidden` are never answered. */
export class Model {
  /** When it was made, ms since 1970. */
  readonly version: number;
  private readonly manifest: Manifest;
  private readonly placement: Placement;
  private readonly facts: ModelFacts;
  private readonly ranker: Ranker;

  constructor(manifest: Manifest) {
    this.version = manifest.version;
    this.manifest = manifest;
    this.placement = { shards: manifest.shards.length, blocks: manifest.blocks };
    const { sessions, recentShare, version, newestSeconds = Math.floor(version / 1_000) } = manifest;
    this.facts = { sessions, recentShare, newestSeconds };
    this.ranker = new Ranker(rankerOf(manifest).trees);
  }

  /**
   * The best items for a visitor, or beside an item; `items` are what he had, or that item, oldest first. In the order of a ranker, what
   * comes next; without one, what goes with all of them. Lists are read from the newest item
   * back, until there is enough; what has not come when the time is over is left out.
   *
   * @param budget what the read waits in all for what is in the bucket.
   * @param slot whose rates of products a ranker goes by, if it asks for them.
   *
   * @throws when no block at all came.
   */
  async near(
    env: Env,
    items: readonly string[],
    limit: number,
    hidden: Barred,
    choice: RankerChoice,
    budget: WaitBudget,
    slot?: string,
  ): Promise<Scored[]> {
    const { table, scorer } = numberingOf(this.manifest.site);
    const newest = [...new Set(items.slice(-LIST_STEPS).reverse())];
    const found = new Map<string, SiteBlock>();
    for (let from = 0; from < newest.length && entriesOf(found) < LIST_ENTRIES; from += LISTS_AT_ONCE) {
      const loading = newest.slice(from, from + LISTS_AT_ONCE).flatMap((item) => {
        const key = this.blockKey(item);
        const block = key === undefined ? undefined : blocks.get(key);
        if (block?.table === table) found.set(item, block);
        else if (key !== undefined) return loadBlock(env, key, table).then((loaded) => found.set(item, loaded));
        return [];
      });
      if (loading.length === 0) continue;
      const outcome = await settledWithin(Promise.all(loading), budget);
      if (outcome === 'deadline' || outcome === 'error') {
        if (found.size === 0) throw new Error(`no block of the model came: ${outcome}`);
        break;
      }
    }
    const ranker = choice === 'none' ? undefined : choice === 'own' ? this.ranker : SHIPPED;
    const rates =
      ranker?.asksRates && this.manifest.rates ? await heldRates(env, this.manifest.rates.key, budget) : undefined;
    const facts = rates ? { ...this.facts, ratesOf: (item: string) => rates.of(item, slot) } : this.facts;
    return scorer.score({ items, hidden }, (item) => found.get(item), facts, ranker, limit);
  }

  /** What many look at now. */
  trending(limit: number, hidden: Barred): Manifest['trending'] {
    return this.manifest.trending.filter(({ item }) => !hidden.has(item)).slice(0, limit);
  }

  private blockKey(item: string): string | undefined {
    const { shard, block } = placeOf(item, this.placement);
    return this.manifest.shards[shard]?.[block]?.key;
  }
}

/** Entries of the lists that were found. */
function entriesOf(found: ReadonlyMap<string, SiteBlock>): number {
  let entries = 0;
  for (const [item, { table, places, listStarts, listEnds }] of found) {
    const place = places.get(table.numberOf(item) ?? -1);
    if (place !== undefined) entries += (listEnds[place] ?? 0) - (listStarts[place] ?? 0);
  }
  return entries;
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
