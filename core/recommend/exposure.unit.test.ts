import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../ops/seeded-random.ts';
import { type ExposureDay, exposureOf, isNarrowing } from './exposure.ts';

/** The mean absolute difference of all pairs, over twice the mean. */
function giniByPairs(counts: readonly number[]): number {
  const sum = counts.reduce((all, one) => all + one, 0);
  const differences = counts.flatMap((a) => counts.map((b) => Math.abs(a - b))).reduce((all, one) => all + one, 0);
  return differences / (2 * counts.length * sum);
}

describe('how widely a catalogue is shown', () => {
  it('is the Gini coefficient, the coverage and the effective number of products, unseen ones included', () => {
    const counts = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(counts, fc.integer({ min: 0, max: 30 }), (seen, unseen) => {
        const found = exposureOf(new Map(seen.map((count, at) => [`p${at}`, count])), seen.length + unseen);
        const zeros = Array.from({ length: unseen }, () => 0);
        expect(found.gini).toBeCloseTo(giniByPairs([...seen, ...zeros]), 9);
        expect(found.coverage).toBeCloseTo(seen.length / (seen.length + unseen), 9);
        expect(found.effective).toBeGreaterThan(1 - 1e-9);
        expect(found.effective).toBeLessThan(seen.length + 1e-9);
      }),
    );
    const even = new Map(Array.from({ length: 8 }, (_, at) => [`p${at}`, 5]));
    expect(exposureOf(even, 8)).toMatchObject({ shown: 40, items: 8, coverage: 1, gini: 0 });
    expect(exposureOf(even, 8).effective).toBeCloseTo(8, 9);
    expect(exposureOf(new Map(), 0)).toMatchObject({ shown: 0, coverage: 0, gini: 0, effective: 0 });
    // The catalogue has shrunk since.
    expect(exposureOf(even, 3).coverage).toBe(1);
  });

  /** Days of a shop: what is shown is drawn from weights, which `learn` may change after each day. */
  function days(many: number, learn: (weights: number[], shown: ReadonlyMap<string, number>, day: number) => number[]) {
    const random = seededRandom(11);
    let weights = Array.from({ length: 300 }, () => 0.5 + random());
    return Array.from({ length: many }, (_, day): ExposureDay => {
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const shown = new Map<string, number>();
      for (let view = 0; view < 3_000; view += 1) {
        let left = random() * total;
        const at = weights.findIndex((weight) => {
          left -= weight;
          return left <= 0;
        });
        shown.set(`p${at}`, (shown.get(`p${at}`) ?? 0) + 1);
      }
      weights = learn(weights, shown, day);
      return { day, ...exposureOf(shown, 300) };
    });
  }
  const firstTold = (all: readonly ExposureDay[]) => all.findIndex((_, at) => isNarrowing(all.slice(0, at + 1)));

  it('is seen to become narrow where a recommender learns from what it has shown, and not where it explores or the shop is as ever', () => {
    const loop = (share: number) => (weights: number[], shown: ReadonlyMap<string, number>, day: number) =>
      day < 14 ? weights : weights.map((_, at) => (1 - share) * (shown.get(`p${at}`) ?? 0) ** 1.15 + share * 30);
    const narrow = firstTold(days(60, loop(0)));
    expect(narrow).toBeGreaterThan(16);
    expect(narrow).toBeLessThan(45);
    expect(firstTold(days(60, loop(0.3)))).toBe(-1);
    expect(firstTold(days(60, (weights) => weights))).toBe(-1);
  });

  it('says nothing of days on which little is shown, nor before there is a usual', () => {
    const wide = { shown: 5_000, items: 200, catalogue: 300, coverage: 0.6, gini: 0.3, effective: 180 };
    const thin = { ...wide, effective: 40 };
    const at = (from: number, many: number, what: typeof wide) =>
      Array.from({ length: many }, (_, day) => ({ day: from + day, ...what }));
    expect(isNarrowing([...at(0, 14, wide), ...at(14, 3, thin)])).toBe(true);
    expect(isNarrowing([...at(0, 14, wide), ...at(14, 2, thin)])).toBe(false);
    expect(isNarrowing([...at(0, 14, wide), ...at(14, 3, { ...thin, shown: 100 })])).toBe(false);
    expect(isNarrowing([...at(0, 6, wide), ...at(6, 3, thin)])).toBe(false);
    // What was a month ago is not usual any more.
    expect(isNarrowing([...at(0, 14, wide), ...at(60, 3, thin)])).toBe(false);
    expect(isNarrowing([])).toBe(false);
  });
});
