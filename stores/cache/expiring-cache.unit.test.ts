import { describe, expect, test } from 'vitest';
import { ExpiringCache } from './expiring-cache.ts';

describe('the expiring cache', () => {
  test('an entry is believed until its time to live, and known as the last one afterwards', () => {
    const cache = new ExpiringCache<string>(2, { ttlMs: 100 });
    cache.set('s/a', 'old', 0);
    expect([cache.get('s/a', 99), cache.get('s/a', 100), cache.last('s/a')]).toEqual(['old', undefined, 'old']);
  });

  test('one caller is asked to refresh, and one more after as long again', () => {
    const cache = new ExpiringCache<string>(2, { ttlMs: 100, refreshMs: 40 });
    cache.set('s/a', 'old', 0);
    expect([39, 40, 41, 79, 80].map((now) => cache.due('s/a', now))).toEqual([false, true, false, false, true]);
    cache.set('s/a', 'new', 85);
    expect(cache.due('s/a', 124)).toBe(false);
    expect(cache.due('s/unknown', 1_000)).toBe(false);
  });

  test('holds no more than its capacity; what was used stays', () => {
    const cache = new ExpiringCache<string>(2, { ttlMs: 80 });
    cache.set('s/a', 'a', 0);
    cache.set('s/b', 'b', 0);
    cache.get('s/a', 20);
    cache.set('s/c', 'c', 21);
    expect(['s/a', 's/b', 's/c'].map((key) => cache.last(key))).toEqual(['a', undefined, 'c']);
  });
});
