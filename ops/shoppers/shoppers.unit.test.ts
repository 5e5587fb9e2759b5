import { describe, it } from 'vitest';
import { checkEvent } from '../../core/events/check-event.ts';
import { seededRandom } from '../seeded-random.ts';
import type { ShopProduct } from './product.ts';
import { makeShopper, nextProduct } from './shopper.ts';
import { simulateSession } from './simulate-session.ts';
import { weightedChoice } from './weighted-choice.ts';

const products: ShopProduct[] = ['dresses', 'shoes', 'bags', 'coats'].flatMap((category) =>
  ['classic', 'street', 'boho'].flatMap((style) =>
    [1, 2, 3].map((n) => ({
      id: `${category}-${style}-${n}`,
      title: `${style} ${category} ${n}`,
      category,
      brand: `brand-${n}`,
      style,
      price: { amount: 20 * n, currency: 'EUR' },
      available: n < 3,
    })),
  ),
);
const START_MS = Date.parse('2026-05-01T12:00:00Z');
const session = (seed: number) => {
  const random = seededRandom(seed);
  return simulateSession(makeShopper('ada', products, random), products, START_MS, random);
};

describe('simulated shoppers', () => {
  it('make the same visit from the same seed, and another from another', ({ expect }) => {
    expect(session(1)).toEqual(session(1));
    expect(session(1)).not.toEqual(session(2));
  });

  it('send events that the ingest takes, in the order of their times, with ids of their own', ({ expect }) => {
    for (let seed = 0; seed < 200; seed += 1) {
      const events = session(seed);
      expect(events.filter((event) => !checkEvent(event).ok)).toEqual([]);
      expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
      expect(events.map(({ occurredAt }) => occurredAt)).toEqual(events.map(({ occurredAt }) => occurredAt).sort());
    }
  });

  it('look at what fits their taste more often than at what does not, and never at what is sold out', ({ expect }) => {
    const random = seededRandom(5);
    const shopper = makeShopper('ada', products, random);
    const seen = Array.from({ length: 500 }, () => nextProduct(shopper, products, undefined, random));
    const [loved, , other] = [...shopper.styles.keys()];
    const count = (style: string | undefined) => seen.filter((product) => product.style === style).length;
    expect(count(loved)).toBeGreaterThan(4 * count(other));
    expect(seen.every(({ available }) => available)).toBe(true);
  });
});

describe('a weighted choice', () => {
  it('takes each as often as it weighs', ({ expect }) => {
    const random = seededRandom(3);
    const drawn = Array.from({ length: 4_000 }, () =>
      weightedChoice(['a', 'b', 'c'], (x) => ({ a: 1, b: 3, c: 0 })[x] ?? 0, random()),
    );
    const share = drawn.filter((x) => x === 'b').length / drawn.length;
    expect(share).toBeCloseTo(0.75, 1);
    expect(drawn).not.toContain('c');
  });
});
