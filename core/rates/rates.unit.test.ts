import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../ops/seeded-random.ts';
import { DayCounter, type RatedEvent } from './day-counter.ts';
import { ratesOf } from './item-rates.ts';
import {
  addCounts,
  countsOf,
  mostSeen,
  PLACES,
  pairsOf,
  restoreCounts,
  type SlotCounts,
  storeCounts,
  storedCountsSchema,
} from './place-counts.ts';
import { fitPlaces } from './place-model.ts';
import { ServedRates, servedRatesSchema, storeRates } from './served-rates.ts';

const seen = (...items: string[]): RatedEvent => ({ kind: 'seen', slot: 'home', items });
const clicked = (item: string, position: number, person = 'a/ann', timeMs = 10, slot = 'home'): RatedEvent => ({
  ...{ kind: 'clicked', slot, item, position },
  persons: [person],
  timeMs,
});
const ordered = (items: string[], persons = ['a/ann'], timeMs = 20): RatedEvent => ({
  ...{ kind: 'ordered', items, persons },
  timeMs,
});
function counted(...events: RatedEvent[]) {
  const counter = new DayCounter();
  for (const event of events) counter.add(event);
  return counter.end();
}
const home = (counts: SlotCounts) => Object.fromEntries(counts.get('home') ?? []);

/** Names that a shop may give, with those that objects have of their own. */
const name = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('constructor', 'toString', 'a\tb', 'a\nb'));
const numbers = fc.array(fc.nat(50), { maxLength: PLACES });
const slotCounts = fc
  .array(fc.tuple(name, name, numbers, numbers, fc.nat(20)), { maxLength: 20 })
  .map((list): SlotCounts => {
    const counts: SlotCounts = new Map();
    for (const [slot, item, of, clicks, orders] of list)
      Object.assign(countsOf(counts, slot, item), { seen: of, clicked: clicks, ordered: orders });
    return counts;
  });

describe('a day', () => {
  it.for<[string, RatedEvent[], object]>([
    ['impressions by place', [seen('a', 'b'), seen('b')], { a: [[1], [], 0], b: [[1, 1], [], 0] }],
    [
      'clicks by the place of the decision',
      [seen('a', 'b'), clicked('b', 2)],
      { a: [[1], [], 0], b: [[0, 1], [0, 1], 0] },
    ],
    ['a purchase after a click', [clicked('a', 1), ordered(['a', 'b'])], { a: [[], [1], 1] }],
    ['none before it', [clicked('a', 1, 'a/ann', 30), ordered(['a'])], { a: [[], [1], 0] }],
    ['none of another visitor', [clicked('a', 1), ordered(['a'], ['a/bob'])], { a: [[], [1], 0] }],
    ['none of another product', [clicked('a', 1), ordered(['b'])], { a: [[], [1], 0] }],
    [
      'one by the user where the click named device and user',
      [{ ...clicked('a', 1), persons: ['a/ann', 'u/7'] } as RatedEvent, ordered(['a'], ['u/7'])],
      { a: [[], [1], 1] },
    ],
    [
      'one where both names match',
      [{ ...clicked('a', 1), persons: ['a/ann', 'u/7'] } as RatedEvent, ordered(['a', 'a'], ['a/ann', 'u/7'])],
      { a: [[], [1], 1] },
    ],
    ['events in any order', [ordered(['a']), clicked('a', 1), seen('a')], { a: [[1], [1], 1] }],
    ['no place that no slot has', [clicked('a', PLACES + 1), clicked('a', 0), clicked('a', -3)], {}],
  ])('has %s', ([, events, expected], { expect }) => {
    const found = Object.entries(home(counted(...events))).map(
      ([item, { seen: of, clicked: clicks, ordered: orders }]) => [item, [of, clicks, orders]],
    );
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  it('counts a purchase in each slot that led to it, and no further than a slot reaches', ({ expect }) => {
    const counts = counted(clicked('a', 1), clicked('a', 2, 'a/ann', 5, 'cart'), ordered(['a']));
    expect([...counts].map(([slot, items]) => [slot, items.get('a')?.ordered])).toEqual([
      ['home', 1],
      ['cart', 1],
    ]);
    const long = counted(seen(...Array.from({ length: 200 }, (_, at) => `p${at}`)));
    expect(pairsOf(long)).toBe(PLACES);
  });

  it('keeps persons and products apart, whatever characters they have', () => {
    fc.assert(
      fc.property(name, name, name, name, (person, item, other, bought) => {
        const [found] = Object.values(
          home(counted(clicked(item, 1, `a/${person}`), ordered([bought], [`a/${other}`]))),
        );
        const same = person === other && item === bought;
        expect(found?.ordered).toBe(same ? 1 : 0);
      }),
    );
  });
});

describe('counts', () => {
  it('come back as they were stored, and add up whatever comes first', () => {
    fc.assert(
      fc.property(slotCounts, slotCounts, (one, other) => {
        const stored = JSON.parse(JSON.stringify(storeCounts(one)));
        expect(storeCounts(restoreCounts(storedCountsSchema.parse(stored)))).toEqual(stored);
        const [left, right]: SlotCounts[] = [new Map(), new Map()];
        for (const [into, first, second] of [
          [left, one, other],
          [right, other, one],
        ] as const) {
          addCounts(into as SlotCounts, first, 0.5);
          addCounts(into as SlotCounts, second, 0.5);
        }
        const sorted = (counts: SlotCounts | undefined) =>
          [...(counts ?? [])].map(([slot, items]) => [slot, [...items].sort()]).sort();
        expect(sorted(left)).toEqual(sorted(right));
      }),
    );
  });

  it('that are kept are those of the products that were seen most', ({ expect }) => {
    const counts = counted(seen('a', 'b', 'c'), seen('c', 'b'), seen('c'));
    expect([...(mostSeen(counts, 2).get('home')?.keys() ?? [])]).toEqual(['c', 'b']);
    expect(mostSeen(counts, 3)).toBe(counts);
  });
});

/** A slot whose products and places are known; products stand now here, now there, good ones more often above. */
function world(seed: number, { visitors = 30_000, products = 60, decay = 0.7 } = {}) {
  const random = seededRandom(seed);
  const liked = Array.from({ length: products }, () => 0.02 + 0.3 * random() ** 2);
  const standing = liked.map((like, item) => ({ item, by: like + 0.2 * random() })).sort((a, b) => b.by - a.by);
  const counter = new DayCounter();
  for (let visitor = 0; visitor < visitors; visitor += 1) {
    const from = Math.floor(random() ** 2 * (products - 6));
    const items = standing.slice(from, from + 6).map(({ item }) => item);
    counter.add(seen(...items.map(String)));
    for (const [at, item] of items.entries())
      if (random() < decay ** at * (liked[item] ?? 0)) counter.add(clicked(String(item), at + 1, `a/${visitor}`));
  }
  return { liked, counts: counter.end(), looked: Array.from({ length: 6 }, (_, at) => decay ** at) };
}

describe('the place of a product', () => {
  it('is told from the product, in any world', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.constantFrom(0.5, 0.7, 0.9, 1), (seed, decay) => {
        const { counts, looked } = world(seed, { decay });
        const places = fitPlaces(counts.get('home')?.values() ?? []);
        for (const [at, look] of looked.entries()) expect(Math.abs((places[at] ?? 0) - look)).toBeLessThan(0.12);
      }),
      { numRuns: 12 },
    );
  });

  it('is as usual where nobody has clicked, and never a wonder', () => {
    expect(fitPlaces([{ seen: [5, 5, 5], clicked: [], ordered: 0 }])).toEqual([1, 1 / Math.log2(3), 0.5]);
    fc.assert(
      fc.property(slotCounts, (counts) => {
        for (const items of counts.values())
          for (const place of fitPlaces(items.values())) expect(place > 0 && Number.isFinite(place)).toBe(true);
      }),
    );
  });
});

describe('rates', () => {
  it('find what is liked, where clicks over impressions find the places', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (seed) => {
        const { liked, counts } = world(seed);
        const { items } = ratesOf(counts);
        const mean = liked.reduce((sum, one) => sum + one, 0) / liked.length;
        const own = counts.get('home');
        const errors = liked.map((like, item) => {
          const of = own?.get(String(item));
          const looks = of?.seen.reduce((sum, one) => sum + one, 0) ?? 0;
          const raw = (of?.clicked.reduce((sum, one) => sum + one, 0) ?? 0) / Math.max(1, looks);
          return [Math.abs((items.get(String(item))?.click ?? 1) - like / mean), raw] as const;
        });
        const rawMean = errors.reduce((sum, [, raw]) => sum + raw, 0) / errors.length;
        const [rated, unrated] = liked
          .map((like, item) => {
            const [error, raw] = errors[item] ?? [0, 0];
            return [error, Math.abs(raw / rawMean - like / mean)] as const;
          })
          .reduce(([a, b], [one, other]) => [a + one, b + other] as const, [0, 0] as const);
        expect(rated / liked.length).toBeLessThan(0.25);
        expect(rated).toBeLessThan(unrated);
      }),
      { numRuns: 8 },
    );
  });

  it('are near 1 where little is known, and nearer the less it is', ({ expect }) => {
    const { counts } = world(5);
    const some = (clicks: number, looks: number) => {
      const with_: SlotCounts = new Map();
      addCounts(with_, counts);
      Object.assign(countsOf(with_, 'home', 'new'), { seen: [looks], clicked: [clicks], ordered: 0 });
      return ratesOf(with_).items.get('new')?.click ?? 0;
    };
    const [one, ten, hundred] = [some(1, 2), some(10, 20), some(100, 200)];
    expect(one).toBeGreaterThan(1);
    expect(ten).toBeGreaterThan(one);
    expect(hundred).toBeGreaterThan(ten);
    expect(some(0, 1)).toBeGreaterThan(0.8);
    expect(some(0, 2_000)).toBeLessThan(0.2);
  });

  it('in a slot differ from those over all only as far as its own clicks say so', ({ expect }) => {
    const counts: SlotCounts = new Map();
    for (let item = 0; item < 40; item += 1)
      for (const slot of ['home', 'cart'])
        Object.assign(countsOf(counts, slot, `p${item}`), {
          seen: [2_000],
          clicked: [100 + (item % 5) * 20],
          ordered: 0,
        });
    Object.assign(countsOf(counts, 'cart', 'p0'), { seen: [2_000], clicked: [500], ordered: 0 });
    const { slots, items } = ratesOf(counts);
    const rate = (slot: string, item: string) => slots.get(slot)?.items.find((one) => one.item === item)?.click ?? 0;
    expect(rate('cart', 'p0')).toBeGreaterThan((items.get('p0')?.click ?? 0) * 1.3);
    expect(rate('home', 'p0')).toBeLessThan((items.get('p0')?.click ?? 0) * 0.8);
    expect(rate('home', 'p3')).toBeCloseTo(items.get('p3')?.click ?? 0, 0);
  });

  it('are finite and above 0 whatever was counted, and are served as they are', () => {
    fc.assert(
      fc.property(slotCounts, (counts) => {
        const rates = ratesOf(counts);
        const served = new ServedRates(servedRatesSchema.parse(JSON.parse(JSON.stringify(storeRates(rates)))));
        for (const [slot, { items }] of rates.slots)
          for (const { item, click, order } of items) {
            expect([click, order].every((rate) => rate > 0 && Number.isFinite(rate))).toBe(true);
            const { click: found, order: bought } = served.of(item, slot);
            expect([found, bought]).toEqual([expect.closeTo(click, 1), expect.closeTo(order, 1)]);
          }
        expect(served.of('nobody knows it', 'home')).toEqual({ click: 1, order: 1 });
      }),
    );
  });
});
