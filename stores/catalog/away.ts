import { ExpiringCache } from '../cache/expiring-cache.ts';
import { settledWithin } from '../with-deadline.ts';

const MAX_SITES = 1_000;
/** How long it is remembered. */
const AWAY_MS = 2_000;
/** What takes longer is late. */
const LATE_MS = 250;

const away = new ExpiringCache<true>(MAX_SITES, { ttlMs: AWAY_MS });

/** Whether a site's catalogue has just failed or been late: no read waits for it then, whatever it wants of it, so that none waits for it twice. */
export function isAway(site: string): boolean {
  return away.get(site, Date.now()) === true;
}

/**
 * Remembers it if what was asked of a site's catalogue fails or is not there after a while. However long a read itself waits: one that must be
 * short says nothing of the catalogue.
 */
export function watch<T>(site: string, asked: Promise<T>): Promise<T> {
  void settledWithin(asked, LATE_MS).then((outcome) => {
    if (typeof outcome === 'string') away.set(site, true, Date.now());
  });
  return asked;
}
