import { waitUntil } from 'cloudflare:workers';
import { log } from '../log.ts';
import { withDeadline } from '../with-deadline.ts';
import { ExpiringCache } from './expiring-cache.ts';
import { SingleFlight } from './single-flight.ts';

/** How long who has a last known value waits for a newer one. */
const WAIT_MS = 250;
/** After a load failed or was late, who has a last known value does not wait for so long. */
const FAILED_MS = 2_000;
const MAX_FAILURES = 1_000;

/** A cache whose entries are loaded. */
export class LoadedCache<V> extends ExpiringCache<V> {
  readonly flights = new SingleFlight<V>();
  /** Keys whose last load failed or was late. */
  readonly failures = new ExpiringCache<true>(MAX_FAILURES, { ttlMs: FAILED_MS });
}

/**
 * Reads through an isolate's cache. A fresh entry comes from memory; one that has aged too, and is loaded anew behind the answer; a
 * missing one is loaded now, once however many ask. When loading fails, or takes long, the last known value is answered, however old: a
 * store that is away makes nobody wait for what is known.
 *
 * @throws what `load` throws, when nothing is known.
 */
export async function readThrough<V>(cache: LoadedCache<V>, key: string, load: () => Promise<V>): Promise<V> {
  const now = Date.now();
  const store = () =>
    cache.flights.load(key, async () => {
      const value = await load();
      cache.set(key, value, now);
      return value;
    });
  const cached = cache.get(key, now);
  if (cached !== undefined) {
    if (cache.due(key, now) && !cache.flights.isUnderWay(key)) refreshBehind(store());
    return cached;
  }
  const last = cache.last(key);
  if (last === undefined) return store();
  if (cache.failures.get(key, now)) return last;
  const loaded = await withDeadline(
    store().then((value) => ({ value })),
    WAIT_MS,
  );
  if (typeof loaded === 'object') return loaded.value;
  cache.failures.set(key, true, Date.now());
  log('stale_served', { why: loaded });
  return last;
}

/** Lets a refresh finish after the answer; a failure is logged, the entry stays until it expires. */
export function refreshBehind(refresh: Promise<unknown>): void {
  waitUntil(refresh.catch((error) => log('refresh_failed', { error: String(error) })));
}
