import { ExpiringCache } from '../../core/expiring-cache.ts';
import { type Item, itemRowSchema } from './item.ts';

/** How long an isolate believes a product; a changed price or availability is seen within this time. */
const ITEM_TTL_MS = 10_000;
/** Cached products; at about 500 bytes each some 10 MB. */
const ITEM_CAPACITY = 20_000;
const items = new ExpiringCache<Item | null>(ITEM_CAPACITY, ITEM_TTL_MS);
const firsts = new ExpiringCache<Item[]>(200, ITEM_TTL_MS);
/** D1 takes at most 100 bound parameters. */
const IDS_PER_QUERY = 99;

const COLUMNS = 'id, title, url, image, price, currency, category, brand, available';

/** The available products among `ids`, by id: from the isolate's cache, the rest in one query for each 99. */
export async function readItems(env: Env, site: string, ids: readonly string[]): Promise<Map<string, Item>> {
  const now = Date.now();
  const found = new Map<string, Item>();
  const missing: string[] = [];
  for (const id of ids) {
    const cached = items.get(`${site}/${id}`, now);
    if (cached === undefined) missing.push(id);
    else if (cached) found.set(id, cached);
  }
  for (let from = 0; from < missing.length; from += IDS_PER_QUERY) {
    const chunk = missing.slice(from, from + IDS_PER_QUERY);
    const { results } = await env.DB.prepare(
      `SELECT ${COLUMNS} FROM items WHERE site = ? AND id IN (${chunk.map(() => '?').join(', ')})`,
    )
      .bind(site, ...chunk)
      .all();
    const rows = new Map(results.map((row) => itemRowSchema.parse(row)).map((item) => [item.id, item]));
    for (const id of chunk) {
      const item = rows.get(id);
      items.set(`${site}/${id}`, item?.available ? item : null, now);
      if (item?.available) found.set(id, item);
    }
  }
  return found;
}

/** The first available products in catalogue order, of one category if given: what a shop shows that knows nothing else. */
export async function firstItems(env: Env, site: string, limit: number, category?: string): Promise<Item[]> {
  const now = Date.now();
  const key = `${site}/${limit}/${category ?? ''}`;
  const cached = firsts.get(key, now);
  if (cached) return cached;
  const where = category === undefined ? '' : 'AND category = ?4';
  const { results } = await env.DB.prepare(
    `SELECT ${COLUMNS} FROM items WHERE site = ?1 AND available = ?2 ${where} ORDER BY position LIMIT ?3`,
  )
    .bind(site, 1, limit, ...(category === undefined ? [] : [category]))
    .all();
  const read = results.map((row) => itemRowSchema.parse(row));
  firsts.set(key, read, now);
  for (const item of read) items.set(`${site}/${item.id}`, item, now);
  return read;
}
