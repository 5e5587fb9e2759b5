import type { ExpiringCache } from './expiring-cache.ts';

/** The share of its entries that the largest cache gives up at a time. */
const SHARE = 1 / 8;

/** Keeps caches within a capacity of all together, in entries: who has the most gives way before those that have little. */
export function trimCaches(caches: readonly ExpiringCache<unknown>[], capacity: number): void {
  let total = caches.reduce((sum, { size }) => sum + size, 0);
  while (total > capacity) {
    const largest = caches.reduce((most, one) => (one.size > most.size ? one : most));
    const dropped = Math.ceil(largest.size * SHARE);
    largest.dropOldest(dropped);
    total -= dropped;
  }
}
