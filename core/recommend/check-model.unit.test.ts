import { describe, it } from 'vitest';
import { checkModel, MAX_BLOCK_BYTES } from './check-model.ts';
import type { Manifest } from './manifest.ts';

const good: Manifest = {
  v: 1,
  site: 'shop',
  version: 2,
  blocks: 1,
  shards: [[{ key: 'models/shop/blocks/a', bytes: 100 }]],
  recentShare: 0.05,
  sessions: 10_000,
  items: 2_000,
  trending: [{ item: 'x', score: 1 }],
};

describe('the check of a model', () => {
  it('lets a good one pass, first or next', ({ expect }) => {
    expect(checkModel(good, undefined, 'shop')).toEqual([]);
    expect(checkModel(good, { ...good, version: 1 }, 'shop')).toEqual([]);
  });

  it.for<[string, Partial<Manifest>, RegExp]>([
    ['a foreign site', { site: 'other' }, /of site "other"/],
    ['a foreign block', { shards: [[{ key: 'models/other/blocks/a', bytes: 1 }]] }, /outside/],
    ['an oversized block', { shards: [[{ key: 'models/shop/blocks/a', bytes: MAX_BLOCK_BYTES + 1 }]] }, /at most/],
    ['a missing block', { shards: [[]] }, /number of blocks/],
    ['NaN', { trending: [{ item: 'x', score: Number.NaN }] }, /finite/],
    ['half the sessions', { sessions: 4_999 }, /halved/],
    ['twice the items', { items: 4_001 }, /doubled/],
    ['an older version', { version: 1 }, /not newer/],
  ])('refuses %s', ([, change, reason], { expect }) => {
    expect(checkModel({ ...good, ...change }, { ...good, version: 1 }, 'shop').join()).toMatch(reason);
  });

  it('lets a new shop grow as it does, and refuses nothing for good', ({ expect }) => {
    const small = { ...good, version: 1, sessions: 3, items: 4 };
    expect(checkModel({ ...good, sessions: 10_003 }, small, 'shop')).toEqual([]);
    const hour = 3_600_000;
    const refusals = (hours: number, sessions: number) =>
      checkModel({ ...good, version: 1 + hours * hour, sessions }, { ...good, version: 1 }, 'shop').length;
    expect([refusals(0.01, 22_000), refusals(0.01, 40_000), refusals(0.5, 80_000), refusals(3, 10_000_000)]).toEqual([
      1, 1, 0, 0,
    ]);
    expect([refusals(0.01, 4_900), refusals(3, 2_500), refusals(12, 2_500), refusals(48, 100)]).toEqual([1, 1, 0, 0]);
  });
});
