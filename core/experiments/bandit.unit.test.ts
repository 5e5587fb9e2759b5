import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Arm, allocate, armsBefore } from './bandit.ts';
import { sumStandings } from './sums.ts';

const arm = (visitors: number, converted: number): Arm => ({ visitors, converted });

describe('a bandit', () => {
  it('gives shares that add up, none below the floor, more to what orders more', () => {
    const arms = fc.array(
      fc.nat(5_000).chain((visitors) => fc.nat(visitors).map((converted) => arm(visitors, converted))),
      { minLength: 2, maxLength: 10 },
    );
    fc.assert(
      fc.property(arms, fc.double({ min: 0, max: 0.1, noNaN: true }), (given, floor) => {
        const { weights, best, settled } = allocate(given, floor, 0.99);
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
        expect(best.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 9);
        if (settled === undefined)
          expect(Math.min(...weights)).toBeGreaterThanOrEqual(Math.min(floor, 1 / given.length) - 1e-12);
        const alike = given.filter(({ visitors }) => visitors === given[0]?.visitors);
        if (alike.length === given.length && settled === undefined)
          for (const [at, one] of given.entries())
            for (const [other, two] of given.entries())
              if (one.converted > two.converted)
                expect(weights[at] ?? 0).toBeGreaterThanOrEqual((weights[other] ?? 0) - 1e-9);
      }),
      { numRuns: 60 },
    );
  });

  it('knows nothing of arms that nobody has seen, and is right where the answer is known', () => {
    expect(
      allocate([arm(0, 0), arm(0, 0), arm(0, 0), arm(0, 0)], 0.05, 0.99).best.map((one) => one.toFixed(3)),
    ).toEqual([...['0.250', '0.250', '0.250', '0.250']]);
    // Beta(2, 1) against Beta(1, 1): the integral of 2x · x is 2/3.
    expect(allocate([arm(1, 1), arm(0, 0)], 0, 0.99).best[0]).toBeCloseTo(2 / 3, 3);
    // Beta(1, 2) against Beta(2, 1): the integral of 2(1 − x) · x² is 1/6.
    expect(allocate([arm(1, 0), arm(1, 1)], 0, 0.99).best[0]).toBeCloseTo(1 / 6, 3);
  });

  it('settles on what is surely the best, and not before each was seen', () => {
    expect(allocate([arm(5_000, 250), arm(5_000, 400)], 0.05, 0.99)).toMatchObject({ weights: [0, 1], settled: 1 });
    expect(allocate([arm(5_000, 250), arm(50, 40)], 0.05, 0.99).settled).toBeUndefined();
    expect(allocate([arm(5_000, 250), arm(5_000, 255)], 0.05, 0.99).settled).toBeUndefined();
  });

  it('counts visitors whose time is over only', () => {
    const standing = (day: number, orders: number) => ({
      ...{ variant: 0, mixed: false, firstAt: day * 86_400_000 + 5, shown: 1, clicked: 0, orders, revenue: 0 },
      ...{ currency: null, attributed: 0, attributedRevenue: 0, before: 0 },
    });
    const sums = sumStandings([standing(1, 1), standing(1, 0), standing(2, 1), standing(3, 1)], null);
    expect(armsBefore(sums, 2, 3)).toEqual([arm(3, 2), arm(0, 0)]);
  });
});
