import { waitUntil } from 'cloudflare:workers';
import { log } from '../log.ts';
import { ExpiringCache } from './expiring-cache.ts';
import { SingleFlight } from './single-flight.ts';

/** A cache whose entries are loaded. */
export class LoadedCache<V> extends ExpiringCache<V> {
  readonly flights = new SingleFlight<V>();
}

/**
 * Reads through an isolate's cache. A fresh entry comes from memory; one that has aged too, and is loaded anew behind the answer; a
 * missing one is loaded now, once however many ask. When loading fails, the last known value is answered, however old.
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
  try {
    return await store();
  } catch (error) {
    const last = cache.last(key);
    if (last === undefined) throw error;
    log('stale_served', { error: String(error) });
    return last;
  }
}

/** Lets a refresh finish after the answer; a failure is logged, the entry stays until it expires. */
export function refreshBehind(refresh: Promise<unknown>): void {
  waitUntil(refresh.catch((error) => log('refresh_failed', { error: String(error) })));
}
