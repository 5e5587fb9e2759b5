import type { Item } from '../../core/catalog/item.ts';
import { HOUR_MS } from '../../core/time.ts';
import { ExpiringCache } from '../cache/expiring-cache.ts';
import { refreshBehind } from '../cache/read-through.ts';
import { log } from '../log.ts';
import { withDeadline } from '../with-deadline.ts';
import { isAway, noteAway } from './away.ts';
import { catalogStub } from './catalog-stub.ts';

/** Products of all sites that an isolate holds; at about 500 bytes each some 10 MB. */
const CAPACITY = 20_000;
/** How often an isolate that serves a site asks what changed in its catalogue, behind an answer. */
const FOLLOW_MS = 1_500;
/** An isolate whose knowledge is older asks before it answers: a change holds everywhere within three seconds. */
const UNFOLLOWED_MS = 2_500;
/** How long a read waits for it then. */
const FOLLOW_WAIT_MS = 250;
/** Sites whose catalogue an isolate follows. */
const MAX_SITES = 1_000;

/** How far an isolate has followed a site's catalogue; times are ms since 1970. */
interface Followed {
  /** Part of the cache's keys; a new one voids what is held. */
  epoch: number;
  /** Number of the last change that it has heard of; nothing before the first product was read. */
  change: number | undefined;
  askedAt: number;
  knownUntil: number;
  /** The question that is under way. */
  asking: Promise<void> | undefined;
}

// What changes is followed, so entries need no short life of their own.
const items = new ExpiringCache<Item | null>(CAPACITY, { ttlMs: HOUR_MS });
const sites = new ExpiringCache<Followed>(MAX_SITES, { ttlMs: HOUR_MS });
let epochs = 0;

/** An isolate's view of one site's catalogue: products by id, null for those that are not available. */
export interface ItemCache {
  get(id: string): Item | null | undefined;
  /** Takes what was read at a change: a later one will be heard of. */
  set(id: string, item: Item | null, change: number): void;
}

/** The cache of a site, not more than three seconds behind the catalogue; as it last was when that does not answer. */
export async function itemCache(env: Env, site: string): Promise<ItemCache> {
  const now = Date.now();
  const followed = followedOf(site, now);
  if (followed.change !== undefined) await catchUp(env, site, followed, now);
  const prefix = `${site}/${followed.epoch}/`;
  return {
    get: (id) => items.get(prefix + id, now),
    set: (id, item, change) => {
      // What is followed from there on is all that may change what is held.
      if (followed.change === undefined || change < followed.change) {
        if (followed.change === undefined) followed.knownUntil = now;
        followed.change = change;
      }
      items.set(prefix + id, item, now);
    },
  };
}

/** The products among `ids` that this isolate knows, however old, at once; null for those that were not available. */
export function heldItems(site: string, ids: Iterable<string>): Item[] {
  const epoch = sites.last(site)?.epoch;
  return [...ids].flatMap((id) => items.last(`${site}/${epoch}/${id}`) ?? []);
}

/** Asks what changed, if it is time; waits for the answer if what is known is too old, whoever asked. */
async function catchUp(env: Env, site: string, followed: Followed, now: number): Promise<void> {
  if (!followed.asking && now - followed.askedAt >= FOLLOW_MS) {
    followed.askedAt = now;
    followed.asking = follow(env, site, followed, now).finally(() => {
      followed.asking = undefined;
    });
    refreshBehind(followed.asking);
  }
  if (!followed.asking || now - followed.knownUntil < UNFOLLOWED_MS || isAway(site)) return;
  const outcome = await withDeadline(followed.asking, FOLLOW_WAIT_MS);
  if (outcome === undefined) return;
  noteAway(site);
  followed.asking = undefined;
  log('catalogue_unfollowed', { site, why: outcome });
}

function followedOf(site: string, now: number): Followed {
  const known = sites.get(site, now);
  if (known) return known;
  epochs += 1;
  const followed: Followed = {
    epoch: epochs,
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
    epochs += 1;
    followed.epoch = epochs;
    followed.change = change;
    return;
  }
  for (const { id, item } of changed) {
    const key = `${site}/${followed.epoch}/${id}`;
    if (items.last(key) !== undefined) items.set(key, item, now);
  }
  if (followed.change === since) followed.change = change;
}
