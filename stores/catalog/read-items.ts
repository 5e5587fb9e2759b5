import type { Item } from '../../core/catalog/item.ts';
import { LoadedCache, readThrough } from '../cache/read-through.ts';
import { log } from '../log.ts';
import { selectIn } from '../statements.ts';
import { settledWithin } from '../with-deadline.ts';
import { ITEM_COLUMNS, type ItemCache, itemCache } from './item-cache.ts';
import { itemRowSchema } from './item-row.ts';

const firsts = new LoadedCache<Item[]>(200, { ttlMs: 10_000 });

/** How long a read waits for products that its isolate does not know. */
const WAIT_MS = 250;
/** After D1 failed or was late, no read waits for it for so long. */
const FAILED_MS = 2_000;

let d1PausedUntil = 0;

/**
 * The available products among `ids`, by id: from the isolate's cache, the rest from D1. While D1 is away, those that are known.
 *
 * @throws when D1 is away and none is known.
 */
export async function readItems(env: Env, site: string, ids: Iterable<string>): Promise<Map<string, Item>> {
  const cache = await itemCache(env, site);
  const found = new Map<string, Item>();
  const missing: string[] = [];
  for (const id of ids) {
    const cached = cache.get(id);
    if (cached === undefined) missing.push(id);
    else if (cached) found.set(id, cached);
  }
  if (missing.length === 0) return found;
  const paused = Date.now() < d1PausedUntil;
  const outcome = paused ? 'paused' : await settledWithin(load(env, site, missing, cache, found), WAIT_MS);
  if (outcome === undefined) return found;
  if (!paused) {
    d1PausedUntil = Date.now() + FAILED_MS;
    log('products_unknown', { site, products: missing.length, why: outcome });
  }
  if (found.size === 0) throw new Error(`D1 is away (${outcome}) and none of the products is known`);
  return found;
}

async function load(
  env: Env,
  site: string,
  ids: readonly string[],
  cache: ItemCache,
  found: Map<string, Item>,
): Promise<void> {
  const results = await selectIn(
    env,
    (marks) => `SELECT ${ITEM_COLUMNS} FROM items WHERE site = ? AND id IN (${marks})`,
    [site],
    ids,
  );
  const rows = new Map(results.map((row) => itemRowSchema.parse(row)).map((item) => [item.id, item]));
  for (const id of ids) {
    const item = rows.get(id);
    cache.set(id, item?.available ? item : null);
    if (item?.available) found.set(id, item);
  }
}

/** The first available products in catalogue order: what a shop shows that knows nothing else. */
export function firstItems(env: Env, site: string, limit: number): Promise<Item[]> {
  return readThrough(firsts, `${site}/${limit}`, async () => {
    const { results } = await env.DB.prepare(
      `SELECT ${ITEM_COLUMNS} FROM items WHERE site = ?1 AND available = 1 ORDER BY position LIMIT ?2`,
    )
      .bind(site, limit)
      .all();
    return results.map((row) => itemRowSchema.parse(row));
  });
}
