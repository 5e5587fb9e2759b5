import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Assignable, assign, freeRanges, share } from './assign.ts';
import { BUCKETS, type BucketRange } from './definition.ts';

const all: readonly BucketRange[] = [[0, BUCKETS]];
const experiment = (number: number, more: Partial<Assignable> = {}): Assignable => ({
  ...{ number, kind: 'ab', layer: `#${number}`, ranges: all, weights: [1, 1] },
  ...more,
});
const anybody = () => true;
const variantOf = (one: Assignable, unit: string, before: Record<number, number> = {}) =>
  assign('shop', [one], unit, before, anybody)[0]?.variant;
const UNITS = Array.from({ length: 20_000 }, (_, n) => `a/visitor-${n}`);

describe('assignment', () => {
  it('gives each variant its share, and those of one experiment no word on those of another', () => {
    const one = experiment(1, { weights: [1, 2, 1] });
    const other = experiment(2);
    const counts = [0, 0, 0].map(() => [0, 0]);
    for (const unit of UNITS) {
      const row = counts[variantOf(one, unit) ?? -1];
      const column = variantOf(other, unit) ?? -1;
      if (row) row[column] = (row[column] ?? 0) + 1;
    }
    // Chi-squared over the six cells; 20.5 is the 0.1 % bound at 5 degrees of freedom.
    const expected = [5_000, 10_000, 5_000].map((n) => n / 2);
    const chi2 = counts.flatMap((row, at) => row.map((n) => (n - (expected[at] ?? 0)) ** 2 / (expected[at] ?? 1)));
    expect(chi2.reduce((sum, n) => sum + n, 0)).toBeLessThan(20.5);
  });

  it('spreads evenly over a hundred parts, for ids that count up too', () => {
    const parts = new Array<number>(100).fill(0);
    for (const unit of UNITS) {
      const at = Math.floor(share(`x\n${unit}`) * 100);
      parts[at] = (parts[at] ?? 0) + 1;
    }
    const chi2 = parts.reduce((sum, n) => sum + (n - 200) ** 2 / 200, 0);
    expect(chi2).toBeLessThan(149);
  });

  it('keeps what somebody was shown before, whatever the hash and the audience say', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 1 }), (unit, before) => {
        expect(variantOf(experiment(1), unit, { 1: before })).toBe(before);
        expect(assign('shop', [experiment(1, { ranges: [] })], unit, { 1: before }, () => false)).toEqual([
          { number: 1, variant: before, propensity: 0.5 },
        ]);
      }),
    );
    expect(variantOf(experiment(1), 'a/x', { 1: 7 })).toBe(variantOf(experiment(1), 'a/x'));
  });

  it('of two experiments in one layer gives nobody both', () => {
    const first = freeRanges([], 0.3) ?? [];
    const second = freeRanges(first, 0.7) ?? [];
    const layer = 'home';
    const both = [experiment(1, { layer, ranges: first }), experiment(2, { layer, ranges: second })];
    const given = UNITS.map((unit) => assign('shop', both, unit, {}, anybody).map(({ number }) => number));
    expect(given.every((numbers) => numbers.length === 1)).toBe(true);
    expect(Math.abs(given.filter(([number]) => number === 1).length / UNITS.length - 0.3)).toBeLessThan(0.015);
    expect(freeRanges([...first, ...second], 0.0001)).toBeUndefined();
  });

  it('finds room between what is taken, and takes no bucket twice', () => {
    const range = fc
      .tuple(fc.nat(BUCKETS - 1), fc.nat(500))
      .map(([from, size]): BucketRange => [from, Math.min(BUCKETS, from + size)]);
    fc.assert(
      fc.property(
        fc.array(range, { maxLength: 10 }),
        fc.double({ min: 0.0001, max: 1, noNaN: true }),
        (taken, traffic) => {
          const isTaken = new Array<boolean>(BUCKETS).fill(false);
          for (const [from, to] of taken) isTaken.fill(true, from, to);
          const free = isTaken.filter((one) => !one).length;
          const wanted = Math.max(1, Math.round(traffic * BUCKETS));
          const found = freeRanges(taken, traffic);
          expect(found !== undefined).toBe(wanted <= free);
          for (const [from, to] of found ?? []) expect(isTaken.slice(from, to).some(Boolean)).toBe(false);
          if (found) expect(found.reduce((sum, [from, to]) => sum + to - from, 0)).toBe(wanted);
        },
      ),
    );
  });

  it('lets nobody who is held out be in anything else', () => {
    const holdout = experiment(9, { kind: 'holdout', weights: [9, 1] });
    const rest = [experiment(1), experiment(2)];
    for (const unit of UNITS.slice(0, 500)) {
      const [first, ...others] = assign('shop', [holdout, ...rest], unit, {}, anybody);
      expect(others).toHaveLength(first?.variant === 1 ? 0 : 2);
    }
  });

  it('gives a variant of weight 0 to nobody', () => {
    const one = experiment(1, { weights: [0, 1, 0] });
    expect(UNITS.slice(0, 1_000).every((unit) => variantOf(one, unit) === 1)).toBe(true);
  });
});
