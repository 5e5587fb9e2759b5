import type { Item } from '../../core/catalog/item.ts';
import type { Candidate } from '../../core/decide/candidates.ts';
import { HOUR_MS } from '../../core/time.ts';
import { ExpiringCache } from '../cache/expiring-cache.ts';
import { LoadedCache, readThrough, refreshBehind } from '../cache/read-through.ts';
import { log } from '../log.ts';
import type { WaitBudget } from '../wait-budget.ts';
import { settledWithin } from '../with-deadline.ts';
import { isAway, watch } from './away.ts';
import { catalogStub } from './catalog-stub.ts';
import { heldItems, type ItemCache, itemCache } from './item-cache.ts';

/** The first products of a catalogue. */
const firsts = new LoadedCache<readonly Item[]>(200, { ttlMs: 10_000 });
/** The same of a site, however many were asked for. */
const heldFirsts = new ExpiringCache<readonly Item[]>(200, { ttlMs: HOUR_MS });
/** What is alike to products that were asked for lately; the catalogue changes slowly in that. */
const alike = new LoadedCache<readonly Candidate[]>(2_000, { ttlMs: 600_000, refreshMs: 120_000 });
/** Likes of a product that are held. */
const ALIKE_HELD = 48;
/** Products that have come lately, and how many of them are held. */
const newest = new LoadedCache<readonly string[]>(1_000, { ttlMs: 300_000, refreshMs: 60_000 });
const NEW_HELD = 48;

/**
 * The available products among `ids`, by id: from the isolate's cache, the rest from the site's catalogue. While that is away, those that
 * are known.
 *
 * @param budget what the read waits for the catalogue in all.
 * @throws when the catalogue is away and none is known.
 */
export async function readItems(
  env: Env,
  site: string,
  ids: Iterable<string>,
  budget: WaitBudget,
): Promise<Map<string, Item>> {
  const cache = await itemCache(env, site, budget);
  const found = new Map<string, Item>();
  let missing: Set<string> | undefined;
  for (const id of ids) {
    const cached = cache.get(id);
    if (cached) found.set(id, cached);
    else if (cached === undefined) {
      missing ??= new Set();
      missing.add(id);
    }
  }
  if (!missing) return found;
  const paused = whyNotAsked(site, budget);
  const outcome = paused ?? (await settledWithin(watch(site, load(env, site, [...missing], cache, found)), budget));
  if (outcome === undefined) return found;
  if (!paused) log('products_unknown', { site, products: missing.size, why: outcome });
  if (found.size === 0) throw new Error(`the catalogue is away (${outcome}) and none of the products is known`);
  return found;
}

async function load(env: Env, site: string, ids: string[], cache: ItemCache, found: Map<string, Item>): Promise<void> {
  const { change, items } = await catalogStub(env, site).read(ids);
  const rows = new Map(items.map((item) => [item.id, item]));
  for (const id of ids) {
    const item = rows.get(id);
    cache.set(id, item?.available ? item : null, change);
    if (item?.available) found.set(id, item);
  }
}

/**
 * The first available products in catalogue order, as far as is known now: what a shop shows that knows nothing else.
 *
 * @param budget what the read waits for the catalogue in all.
 */
export async function firstItems(env: Env, site: string, limit: number, budget: WaitBudget): Promise<Item[]> {
  const ask = () => asked(site, budget, () => catalogStub(env, site).first(limit));
  const held = await readThrough(firsts, `${site}/${limit}`, ask, budget);
  heldFirsts.set(site, held, Date.now());
  const now = await readItems(
    env,
    site,
    held.map(({ id }) => id),
    budget,
  );
  return held.flatMap(({ id }) => now.get(id) ?? []);
}

/** Ids of the products that have come lately, as far as this isolate knows, at once: what it does not know it asks for behind the answer. */
export function newItemIds(env: Env, site: string): readonly string[] {
  const now = Date.now();
  if (newest.get(site, now) === undefined || newest.due(site, now)) {
    if (!newest.flights.isUnderWay(site) && !newest.failures.get(site, now))
      refreshBehind(
        newest.flights.load(site, async () => {
          newest.failures.set(site, true, now);
          const ids = (await catalogStub(env, site).newest(NEW_HELD)).map(({ id }) => id);
          newest.set(site, ids, now);
          return ids;
        }),
      );
  }
  return newest.last(site) ?? [];
}

/** The first products that this isolate last read, at once. */
export function heldFirst(site: string, limit: number): Item[] {
  const held = firsts.last(`${site}/${limit}`) ?? heldFirsts.last(site) ?? [];
  return heldItems(
    site,
    held.map(({ id }) => id),
  );
}

/**
 * What the catalogue says is alike to a product, best first, without a look at whether it may be shown.
 *
 * @param budget what the read waits for the catalogue in all.
 */
export async function relatedItems(
  env: Env,
  site: string,
  item: string,
  limit: number,
  budget: WaitBudget,
): Promise<Candidate[]> {
  const ask = async () => {
    const likes = await asked(site, budget, () => catalogStub(env, site).related(item, ALIKE_HELD));
    return likes.map(({ id, score }) => ({ item: id, score }));
  };
  const held = await readThrough(alike, `${site}/${item}`, ask, budget);
  return held.slice(0, limit);
}

/** Why the catalogue is not asked now; nothing where it may be. */
function whyNotAsked(site: string, budget: WaitBudget): string | undefined {
  if (isAway(site)) return 'paused';
  return budget.left(Date.now()) === 0 ? 'waited for long enough' : undefined;
}

/**
 * What the catalogue answers.
 *
 * @throws at once where it is not asked now.
 */
async function asked<T extends object>(site: string, budget: WaitBudget, ask: () => Promise<T>): Promise<T> {
  const why = whyNotAsked(site, budget);
  if (why !== undefined) throw new Error(`the catalogue is away (${why})`);
  return watch(site, ask());
}
