import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Item } from '../catalog/item.ts';
import { byCategory } from './by-category.ts';
import { blockOf, decodeLists, encodeLists } from './keyed-lists.ts';

describe('lists of products in blocks', () => {
  it('are the same after they were written and read', () => {
    const listed = fc.record({
      item: fc.string(),
      score: fc.integer({ min: 1, max: 90_000 }).map((n) => n / 1e4),
    });
    const tables = fc.dictionary(fc.string(), fc.array(listed, { minLength: 1, maxLength: 24 }), { maxKeys: 40 });
    fc.assert(
      fc.property(tables, (table) => {
        const lists = new Map(Object.entries(table));
        const blocks = encodeLists(lists).map(decodeLists);
        for (const [key, list] of lists) expect(blocks[blockOf(key, blocks.length)]?.get(key)).toEqual(list);
        expect(blocks.reduce((sum, block) => sum + block.size, 0)).toBe(lists.size);
      }),
    );
  });

  it('are cut into more blocks where there are many', () => {
    const one = [{ item: 'q', score: 1 }];
    const many = new Map(Array.from({ length: 3_000 }, (_, at) => [`p${at}`, one] as const));
    expect(encodeLists(many).length).toBe(2);
    expect(encodeLists(new Map()).map((text) => decodeLists(text).size)).toEqual([0]);
  });

  it('by category hold what may be shown, in order, of a group one', () => {
    const products = [
      { id: 'a', category: 'hats' },
      { id: 'b', category: 'hats', group: 'g' },
      { id: 'c', category: 'hats', group: 'g' },
      { id: 'd', category: '__proto__' },
      { id: 'e' },
      { id: 'f', category: 'hats', available: false },
    ].map((one) => ({ title: one.id, url: `/${one.id}`, available: true, ...one }) as Item);
    const popular = ['c', 'f', 'e', 'd', 'b', 'a', 'unknown'].map((item, at) => ({ item, score: 9 - at }));
    const lists = byCategory(popular, new Map(products.map((one) => [one.id, one])));
    expect([...lists].map(([category, list]) => [category, list.map(({ item, score }) => `${item} ${score}`)])).toEqual(
      [
        ['hats', ['c 9', 'a 4']],
        ['__proto__', ['d 6']],
      ],
    );
  });
});
