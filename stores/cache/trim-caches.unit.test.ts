import fc from 'fast-check';
import { describe, it } from 'vitest';
import { ExpiringCache } from './expiring-cache.ts';
import { trimCaches } from './trim-caches.ts';

const cacheOf = (entries: number) => {
  const cache = new ExpiringCache<number>(1_000, { ttlMs: 1_000 });
  for (let n = 0; n < entries; n += 1) cache.set(`k${n}`, n, n);
  return cache;
};

describe('caches with a bound of all together', () => {
  it('keep it: what has much gives way, oldest first, what has little stays', ({ expect }) => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { maxLength: 8 }), fc.integer({ min: 1, max: 120 }), (sizes, capacity) => {
        const caches = sizes.map(cacheOf);
        trimCaches(caches, capacity);
        const left = caches.map(({ size }) => size);
        const total = left.reduce((sum, size) => sum + size, 0);
        expect(total).toBeLessThanOrEqual(Math.max(capacity, 0));
        for (const [at, cache] of caches.entries()) {
          const before = sizes[at] ?? 0;
          expect([...cache.values()]).toEqual(Array.from({ length: cache.size }, (_, n) => before - cache.size + n));
          // Nobody gives up anything whose share is less than an even one, if rounded.
          if (before <= Math.floor(capacity / Math.max(1, sizes.length))) expect(cache.size).toBe(before);
        }
      }),
      { numRuns: 500 },
    );
  });
});
