import type { Item } from '../../core/catalog/item.ts';
import { HOUR_MS } from '../../core/time.ts';
import { ExpiringCache } from '../cache/expiring-cache.ts';
import { refreshBehind } from '../cache/read-through.ts';
import { trimCaches } from '../cache/trim-caches.ts';
import { log } from '../log.ts';
import type { WaitBudget } from '../wait-budget.ts';
import { withDeadline } from '../with-deadline.ts';
import { isAway, watch } from './away.ts';
import { catalogStub } from './catalog-stub.ts';

/** Products of all sites that an isolate holds, but for those of the last `TRIM_EVERY` that came; at about 500 bytes each some 10 MB. */
const CAPACITY = 20_000;
/** After so many new ones the site with the most gives up its oldest, until all are few enough. */
const TRIM_EVERY = 256;
/** How often an isolate that serves a site asks what changed in its catalogue, behind an answer. */
const FOLLOW_MS = 1_500;
/** An isolate whose knowledge is older asks before it answers: a change holds everywhere within three seconds. */
const UNFOLLOWED_MS = 2_500;
/** A question that is older is given up; what was asked then may still be heard of. */
const GIVEN_UP_MS = 2_000;
/** Sites whose catalogue an isolate follows. */
const MAX_SITES = 1_000;

/** How far an isolate has followed a site's catalogue; times are ms since 1970. */
interface Followed {
  /** What is held; what changes is followed, so that entries need no short life of their own. */
  items: ExpiringCache<Item | null>;
  /** Number of the last change that it has heard of; nothing before the first product was read. */
  change: number | undefined;
  askedAt: number;
  knownUntil: number;
  /** The question that is under way. */
  asking: Promise<void> | undefined;
}

const sites = new ExpiringCache<Followed>(MAX_SITES, { ttlMs: HOUR_MS });
let added = 0;

/** An isolate's view of one site's catalogue: products by id, null for those that are not available. */
export interface ItemCache {
  get(id: string): Item | null | undefined;
  /** Takes what was read at a change: a later one will be heard of. */
  set(id: string, item: Item | null, change: number): void;
}

/**
 * The cache of a site, not more than three seconds behind the catalogue; as it last was when that does not answer.
 *
 * @param budget what the read waits for the catalogue in all.
 */
export async function itemCache(env: Env, site: string, budget: WaitBudget): Promise<ItemCache> {
  const now = Date.now();
  const followed = followedOf(site, now);
  if (followed.change !== undefined) await catchUp(env, site, followed, budget, now);
  const { items } = followed;
  return {
    get: (id) => items.get(id, now),
    set: (id, item, change) => {
      // What is followed from there on is all that may change what is held.
      if (followed.change === undefined || change < followed.change) {
        if (followed.change === undefined) followed.knownUntil = now;
        followed.change = change;
      }
      items.set(id, item, now);
      added += 1;
      if (added % TRIM_EVERY === 0)
        trimCaches(
          [...sites.values()].map((one) => one.items),
          CAPACITY,
        );
    },
  };
}

/** The products among `ids` that this isolate knows, however old, at once; null for those that were not available. */
export function heldItems(site: string, ids: Iterable<string>): Item[] {
  const items = sites.last(site)?.items;
  return items ? [...ids].flatMap((id) => items.last(id) ?? []) : [];
}

/** Asks what changed, if it is time; waits for the answer if what is known is too old, whoever asked. */
async function catchUp(env: Env, site: string, followed: Followed, budget: WaitBudget, now: number): Promise<void> {
  if (now - followed.askedAt >= (followed.asking ? GIVEN_UP_MS : FOLLOW_MS)) {
    const asking = follow(env, site, followed, now).finally(() => {
      if (followed.asking === asking) followed.asking = undefined;
    });
    followed.askedAt = now;
    followed.asking = asking;
    refreshBehind(asking);
  }
  const { asking, knownUntil } = followed;
  if (!asking || now - knownUntil < UNFOLLOWED_MS || isAway(site) || budget.left(now) === 0) return;
  watch(site, asking);
  const outcome = await withDeadline(asking, budget);
  if (outcome !== undefined) log('catalogue_unfollowed', { site, why: outcome });
}

function followedOf(site: string, now: number): Followed {
  const known = sites.get(site, now);
  if (known) return known;
  const followed: Followed = {
    items: newItems(),
    change: undefined,
    askedAt: now,
    knownUntil: now,
    asking: undefined,
  };
  sites.set(site, followed, now);
  return followed;
}

async function follow(env: Env, site: string, followed: Followed, now: number): Promise<void> {
  const since = followed.change ?? 0;
  const { change, items: changed, complete } = await catalogStub(env, site).changesSince(since);
  followed.knownUntil = now;
  if (!complete) {
    followed.items = newItems();
    followed.change = change;
    return;
  }
  const { items } = followed;
  for (const { id, item } of changed) if (items.last(id) !== undefined) items.set(id, item, now);
  if (followed.change === since) followed.change = change;
}

function newItems(): ExpiringCache<Item | null> {
  return new ExpiringCache(CAPACITY, { ttlMs: HOUR_MS });
}
