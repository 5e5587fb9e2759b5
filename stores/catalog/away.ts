import { ExpiringCache } from '../cache/expiring-cache.ts';

const MAX_SITES = 1_000;
/** How long it is remembered. */
const AWAY_MS = 2_000;

const away = new ExpiringCache<true>(MAX_SITES, { ttlMs: AWAY_MS });

/** Whether a site's catalogue has just failed or been late: no read waits for it then, whatever it wants of it, so that none waits for it twice. */
export function isAway(site: string): boolean {
  return away.get(site, Date.now()) === true;
}

export function noteAway(site: string): void {
  away.set(site, true, Date.now());
}
