import { describe, expect, test } from 'vitest';
import { ByteCache } from './byte-cache.ts';

const block = (bytes: number) => ({ bytes });

describe('the byte cache', () => {
  test('never holds more than its cap, and drops the oldest that nobody read', () => {
    const cache = new ByteCache<{ bytes: number }>(100);
    cache.set('s/a', block(40));
    cache.set('s/b', block(40));
    cache.get('s/a');
    cache.set('s/c', block(40));
    expect(cache.get('s/b')).toBeUndefined();
    expect(cache.get('s/a')).toEqual(block(40));
    expect(cache.bytes).toBe(80);
  });

  test('a used entry gets one more round, not eternity', () => {
    const cache = new ByteCache<{ bytes: number }>(100);
    cache.set('s/a', block(60));
    cache.get('s/a');
    cache.set('s/b', block(60));
    expect([cache.get('s/a'), cache.get('s/b'), cache.bytes]).toEqual([undefined, block(60), 60]);
  });

  test('a replaced entry counts once; one that is larger than the cap is held alone', () => {
    const cache = new ByteCache<{ bytes: number }>(100);
    cache.set('s/a', block(30));
    cache.set('s/a', block(50));
    expect(cache.bytes).toBe(50);
    cache.set('s/big', block(200));
    expect([cache.get('s/a'), cache.bytes]).toEqual([undefined, 200]);
  });
});
