import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../ops/seeded-random.ts';
import type { KeyedLists } from '../lists/keyed-lists.ts';
import { type Basket, countPairs, PAIR_CAPS } from './count-pairs.ts';

function count(baskets: readonly Basket[]): KeyedLists {
  const steps = countPairs(baskets);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same by the words of its definition, pair by pair. */
function oracle(baskets: readonly Basket[]): Map<string, number> {
  const buyers = [...new Set(baskets.map(({ buyer }) => buyer))];
  const has = (buyer: string, ...items: string[]) =>
    baskets.some((basket) => basket.buyer === buyer && items.every((item) => basket.items.includes(item)));
  const items = [...new Set(baskets.flatMap((basket) => basket.items))];
  const scores = new Map<string, number>();
  for (const a of items)
    for (const b of items) {
      const both = buyers.filter((buyer) => a !== b && has(buyer, a, b)).length;
      const [ofA, ofB] = [a, b].map((item) => buyers.filter((buyer) => has(buyer, item)).length);
      const score = Math.log((both * buyers.length) / ((ofA ?? 1) * (ofB ?? 1))) - 1.645 / Math.sqrt(both);
      if (both >= 2 && score > 0) scores.set(`${a} ${b}`, Math.round(score * 1e9));
    }
  return scores;
}
const flat = (together: KeyedLists) =>
  new Map(
    [...together].flatMap(([of, list]) =>
      list.map(({ item, score }) => [`${of} ${item}`, Math.round(score * 1e9)] as const),
    ),
  );

describe('what is bought together', () => {
  it('is the lower bound of the lift over buyers, each once, whatever the orders', () => {
    const baskets = fc.array(
      fc.record({
        buyer: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
        items: fc.array(fc.constantFrom('p', 'q', 'r', 's', '__proto__'), { maxLength: 4 }),
      }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(baskets, (some) => {
        expect(flat(count(some))).toEqual(oracle(some));
      }),
      { numRuns: 500 },
    );
  });

  it('finds what belongs together behind what everybody buys, where raw counts do not', () => {
    const random = seededRandom(5);
    const baskets = Array.from({ length: 4_000 }, (_, buyer): Basket => {
      const pair = Math.floor(random() * 100);
      const items = [`camera-${pair}`];
      // One in five takes what belongs to it, four in five the bag that all take, one in ten something else.
      if (random() < 0.2) items.push(`lens-${pair}`);
      if (random() < 0.8) items.push('bag');
      if (random() < 0.1) items.push(`other-${Math.floor(random() * 300)}`);
      return { buyer: `b${buyer}`, items };
    });
    const together = count(baskets);
    const raw = (item: string) => {
      const counts = new Map<string, number>();
      for (const basket of baskets.filter(({ items }) => items.includes(item)))
        for (const other of basket.items) if (other !== item) counts.set(other, (counts.get(other) ?? 0) + 1);
      return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
    };
    const cameras = Array.from({ length: 100 }, (_, pair) => pair);
    const right = (first: (pair: number) => string | undefined) =>
      cameras.filter((pair) => first(pair) === `lens-${pair}`).length;
    expect(right((pair) => raw(`camera-${pair}`))).toBe(0);
    expect(right((pair) => together.get(`camera-${pair}`)?.[0]?.item)).toBeGreaterThanOrEqual(98);
    expect([...together.values()].flat().some(({ item }) => item === 'bag')).toBe(false);
  });

  it('says nothing of what one buyer has, however often he orders', () => {
    const often = Array.from({ length: 50 }, () => ({ buyer: 'a', items: ['p', 'q'] }));
    const others = Array.from({ length: 50 }, (_, buyer) => ({ buyer: `b${buyer}`, items: ['r'] }));
    expect(count([...often, ...others]).size).toBe(0);
    const second = count([...often, ...others, { buyer: 'c', items: ['p', 'q'] }]);
    expect(second.get('p')).toMatchObject([{ item: 'q' }]);
  });

  it('holds no more than its caps, and keeps the newest', () => {
    const wide = (order: number) => Array.from({ length: 100 }, (_, at) => `p${order}-${at}`);
    const baskets = Array.from({ length: 3_000 }, (_, order) => ({
      buyer: `b${order % 1_500}`,
      items: wide(order % 1_500),
    }));
    const together = count(baskets);
    const pairs = (PAIR_CAPS.orderItems * (PAIR_CAPS.orderItems - 1)) / 2;
    expect(together.size).toBe(0);
    const kept = Math.floor(PAIR_CAPS.pairs / pairs);
    expect(kept).toBeLessThan(1_500);
    const twice = [
      ...baskets.slice(0, 10),
      ...baskets.slice(0, 10).map(({ items }, at) => ({ buyer: `c${at}`, items })),
    ];
    expect(count([...twice, ...baskets]).size).toBe(10 * PAIR_CAPS.orderItems);
    for (const list of count(twice).values()) expect(list.length).toBeLessThanOrEqual(PAIR_CAPS.partners);
  });
});
