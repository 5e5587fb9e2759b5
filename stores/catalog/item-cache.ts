import type { Item } from '../../core/catalog/item.ts';
import { HOUR_MS } from '../../core/time.ts';
import { ExpiringCache } from '../cache/expiring-cache.ts';
import { refreshBehind } from '../cache/read-through.ts';
import { log } from '../log.ts';
import { settledWithin } from '../with-deadline.ts';
import { itemRowSchema } from './item-row.ts';

/** Products of all sites that an isolate holds; at about 500 bytes each some 10 MB. */
const CAPACITY = 20_000;
/** How often an isolate that serves a site asks what changed in its catalogue. */
const FOLLOW_MS = 3_000;
/** An isolate that has not asked for so long asks before it answers. */
const UNFOLLOWED_MS = 10_000;
/** How long a read waits for it then. */
const FOLLOW_WAIT_MS = 250;
/** Clocks of the Workers that write may differ by this much. */
const CLOCK_MARGIN_MS = 10_000;
/** More changes than this at once are not read one by one: everything is loaded anew when it is needed. */
const MAX_CHANGES = 1_000;
/** Sites whose catalogue an isolate follows. */
const MAX_SITES = 1_000;

export const ITEM_COLUMNS = 'id, title, url, image, price, currency, category, brand, available';

/** How far an isolate has followed a site's catalogue; times are ms since 1970. */
interface Followed {
  /** Part of the cache's keys; a new one voids what is held. */
  epoch: number;
  askedAt: number;
  knownUntil: number;
}

// What changes is followed, so entries need no short life of their own.
const items = new ExpiringCache<Item | null>(CAPACITY, { ttlMs: HOUR_MS });
const sites = new ExpiringCache<Followed>(MAX_SITES, { ttlMs: HOUR_MS });
let epochs = 0;

/** An isolate's view of one site's catalogue: products by id, null for those that are not available. */
export interface ItemCache {
  get(id: string): Item | null | undefined;
  set(id: string, item: Item | null): void;
}

/** The cache of a site, not more than some seconds behind the catalogue; as it last was when D1 does not answer. */
export async function itemCache(env: Env, site: string): Promise<ItemCache> {
  const now = Date.now();
  let followed = sites.get(site, now);
  if (!followed) {
    epochs += 1;
    followed = { epoch: epochs, askedAt: now, knownUntil: now };
    sites.set(site, followed, now);
  }
  if (now - followed.askedAt >= FOLLOW_MS) {
    followed.askedAt = now;
    const changes = follow(env, site, followed, now);
    if (now - followed.knownUntil < UNFOLLOWED_MS) refreshBehind(changes);
    else {
      const outcome = await settledWithin(changes, FOLLOW_WAIT_MS);
      if (outcome !== undefined) log('catalogue_unfollowed', { site, why: outcome });
    }
  }
  const prefix = `${site}/${followed.epoch}/`;
  return {
    get: (id) => items.get(prefix + id, now),
    set: (id, item) => items.set(prefix + id, item, now),
  };
}

async function follow(env: Env, site: string, followed: Followed, now: number): Promise<void> {
  const { results } = await env.DB.prepare(
    `SELECT ${ITEM_COLUMNS} FROM items WHERE site = ? AND updated_at >= ? LIMIT ?`,
  )
    .bind(site, followed.knownUntil - CLOCK_MARGIN_MS, MAX_CHANGES)
    .all();
  followed.knownUntil = now;
  if (results.length === MAX_CHANGES) {
    epochs += 1;
    followed.epoch = epochs;
    return;
  }
  for (const row of results) {
    const item = itemRowSchema.parse(row);
    const key = `${site}/${followed.epoch}/${item.id}`;
    if (items.last(key) !== undefined) items.set(key, item.available ? item : null, now);
  }
}
