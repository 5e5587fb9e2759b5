import { describe, expect, it } from 'vitest';
import { confidenceSequence, difference, sampleRatio } from './confidence.ts';
import { experimentSchema } from './definition.ts';
import { resultsOf } from './results.ts';
import { addSums, type Counted, type Sums, sumStandings } from './sums.ts';

const definition = experimentSchema.parse({ name: 'hero', variants: [{ name: 'a' }, { name: 'b' }] });
const standing = (variant: number, orders: number, more: Partial<Counted> = {}): Counted => ({
  ...{ variant, mixed: false, firstAt: 0, shown: 1, clicked: 0, orders, revenue: orders * 1_000, currency: null },
  ...{ attributed: 0, attributedRevenue: 0, before: 0 },
  ...more,
});
/** Of each variant so many visitors, of whom so many ordered. */
const crowd = (...variants: [visitors: number, ordered: number][]) =>
  variants.flatMap(([visitors, ordered], variant) =>
    Array.from({ length: visitors }, (_, n) => standing(variant, n < ordered ? 1 : 0)),
  );
const resultsFor = (people: Counted[]) => resultsOf(definition, sumStandings(people, null), null);

describe('the sums over visitors', () => {
  it('are the same in one piece and in many', () => {
    const people = crowd([50, 7], [60, 9]).map((one, n) => ({ ...one, before: n % 5, clicked: n % 3 }));
    const whole = sumStandings(people, 'EUR');
    const parts: Sums = {};
    for (const part of [people.slice(0, 13), people.slice(13, 80), people.slice(80)])
      addSums(parts, sumStandings(part, 'EUR'));
    for (const variant of [0, 1]) {
      expect(parts[variant]?.visitors).toBe(whole[variant]?.visitors);
      expect(parts[variant]?.days).toEqual(whole[variant]?.days);
      expect(parts[variant]?.metrics.orders.y).toBe(whole[variant]?.metrics.orders.y);
      expect(parts[variant]?.before.xx).toBeCloseTo(whole[variant]?.before.xx ?? 0, 9);
    }
  });

  it('have revenue from clicks by each way, which are the same where nothing else is said', () => {
    const otherwise = { firstTouch: 700, linear: 300, timeDecay: 100 };
    const people = [standing(0, 1, { attributedRevenue: 50 }), standing(0, 1, { attributedOtherwise: otherwise })];
    const ways = ['attributed_revenue', 'first_touch_revenue', 'linear_revenue', 'time_decay_revenue'] as const;
    const sums = sumStandings(people, null);
    expect(ways.map((way) => sums[0]?.metrics[way].y)).toEqual([50, 750, 350, 150]);
    // What was kept before there were these ways has nothing of them.
    const { first_touch_revenue: _, ...before } = sums[0]?.metrics ?? {};
    const old = { 0: { ...sums[0], metrics: before } } as unknown as Sums;
    const into: Sums = {};
    addSums(into, old);
    addSums(into, sums);
    expect(ways.map((way) => into[0]?.metrics[way].y)).toEqual([100, 750, 700, 300]);
    expect(resultsOf(definition, into, null).variants[0]?.totals).toMatchObject({ first_touch_revenue: 7.5 });
  });

  it('leave out revenue in another currency, and nothing else', () => {
    const sums = sumStandings([standing(0, 1, { currency: 'EUR' }), standing(0, 1, { currency: 'USD' })], 'EUR');
    expect(sums[0]?.metrics.revenue.y).toBe(1_000);
    expect(sums[0]?.metrics.orders.y).toBe(2);
  });
});

describe('results', () => {
  it('say nothing before there is enough', () => {
    expect(resultsFor([]).verdict).toBe('collecting');
    expect(resultsFor(crowd([90, 40], [90, 1])).verdict).toBe('collecting');
    expect(resultsFor(crowd([5_000, 4], [5_000, 9])).verdict).toBe('collecting');
  });

  it('find a difference that is there, in either direction, and say so', () => {
    const better = resultsFor(crowd([5_000, 250], [5_000, 450]));
    expect([better.verdict, better.variants[1]?.against?.verdict]).toEqual(['better', 'better']);
    expect(better.words).toContain('make "b" what everybody sees');
    const worse = resultsFor(crowd([5_000, 450], [5_000, 250]));
    expect([worse.verdict, worse.variants[1]?.against?.harmful]).toEqual(['worse', true]);
    expect(resultsFor(crowd([5_000, 250], [5_000, 255])).verdict).toBe('undecided');
  });

  it('share the errors among all variants that are held against the first', () => {
    const three = experimentSchema.parse({ name: 'hero', variants: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] });
    const people = crowd([5_000, 250], [5_000, 300], [5_000, 300]);
    const width = (results: ReturnType<typeof resultsOf>) => {
      const { low = 0, high = 0 } = results.variants[1]?.against?.difference.orders ?? {};
      return high - low;
    };
    expect(width(resultsOf(three, sumStandings(people, null), null))).toBeGreaterThan(
      width(resultsFor(people.filter(({ variant }) => variant < 2))) * 1.02,
    );
  });

  it('believe nothing where the shares of visitors are not what was meant', () => {
    const results = resultsFor(crowd([5_000, 250], [4_300, 450]));
    expect([results.verdict, results.sampleRatio.ok]).toEqual(['sample_ratio', false]);
  });
});

describe('the statistics', () => {
  it('have an interval that narrows, widens with fewer errors, and is wider than one that is looked at once', () => {
    const width = (n: number, alpha = 0.05) => {
      const { low, high } = confidenceSequence(0, 1 / n, n, 10_000, alpha);
      return high - low;
    };
    expect(width(10_000)).toBeLessThan(width(1_000));
    expect(width(1_000, 0.01)).toBeGreaterThan(width(1_000));
    expect(width(10_000)).toBeGreaterThan((2 * 1.96) / 100);
    expect(width(10_000)).toBeLessThan((2 * 3.3) / 100);
  });

  it('take out what visitors were before (CUPED), and never the difference', () => {
    const sample = (shift: number) => {
      const points = Array.from({ length: 400 }, (_, n) => ({ x: n % 20, y: shift + (n % 20) + (n % 7) / 7 }));
      const sum = (of: (point: { x: number; y: number }) => number) =>
        points.reduce((total, one) => total + of(one), 0);
      return {
        n: points.length,
        ...{ x: sum(({ x }) => x), y: sum(({ y }) => y), xx: sum(({ x }) => x * x) },
        ...{ yy: sum(({ y }) => y * y), xy: sum(({ x, y }) => x * y) },
      };
    };
    const { value, reduced } = difference(sample(0), sample(0.5));
    expect(value).toBeCloseTo(0.5, 9);
    expect(reduced).toBeGreaterThan(0.99);
  });

  it('tell shares that are off from those that are not', () => {
    expect(sampleRatio([5_000, 5_000], [0.5, 0.5])).toBe(1);
    expect(sampleRatio([5_080, 4_920], [0.5, 0.5])).toBeGreaterThan(0.05);
    expect(sampleRatio([5_400, 4_600], [0.5, 0.5])).toBeLessThan(0.001);
    expect(sampleRatio([9_000, 1_000], [0.9, 0.1])).toBe(1);
    expect(sampleRatio([10, 1], [1, 0])).toBe(0);
  });
});
