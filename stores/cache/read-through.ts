import { waitUntil } from 'cloudflare:workers';
import { log } from '../log.ts';
import type { WaitBudget } from '../wait-budget.ts';
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
 * @param budget what is waited in all; without one, a moment for what is newer than what is known, and for what is not known as long as it takes.
 * @throws what `load` throws, or that it takes longer, when nothing is known.
 */
export async function readThrough<V>(
  cache: LoadedCache<V>,
  key: string,
  load: () => Promise<V>,
  budget?: WaitBudget,
): Promise<V> {
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
  if (last === undefined) return budget ? loadedWithin(store(), budget) : store();
  if (cache.failures.get(key, now)) return last;
  const loaded = await withDeadline(
    store().then((value) => ({ value })),
    budget ?? WAIT_MS,
  );
  if (typeof loaded === 'object') return loaded.value;
  cache.failures.set(key, true, Date.now());
  log('stale_served', { why: loaded });
  return last;
}

async function loadedWithin<V>(loading: Promise<V>, budget: WaitBudget): Promise<V> {
  const outcome = await withDeadline(
    loading.then((value) => ({ value })),
    budget,
  );
  if (typeof outcome === 'object') return outcome.value;
  if (outcome === 'error') return loading;
  throw new Error('it was not loaded in time');
}

/** Lets a refresh finish after the answer; a failure is logged, the entry stays until it expires. */
export function refreshBehind(refresh: Promise<unknown>): void {
  waitUntil(refresh.catch((error) => log('refresh_failed', { error: String(error) })));
}
