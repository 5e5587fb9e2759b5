import fc from 'fast-check';
import { describe, it } from 'vitest';
import { aurocOf } from './outliers.ts';

describe('aurocOf', () => {
  it('is the share of pairs in which the outlier is above, ties half', ({ expect }) => {
    const rows = fc.array(fc.record({ score: fc.integer({ min: 0, max: 5 }), isOutlier: fc.boolean() }), {
      minLength: 2,
    });
    fc.assert(
      fc.property(rows, (all) => {
        const [outliers, others] = [all.filter((row) => row.isOutlier), all.filter((row) => !row.isOutlier)];
        fc.pre(outliers.length > 0 && others.length > 0);
        const won = outliers.flatMap((a) => others.map((b) => (a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0)));
        const expected = won.reduce<number>((sum, one) => sum + one, 0) / won.length;
        const found = aurocOf(
          all.map(({ score }) => score),
          all.map(({ isOutlier }) => isOutlier),
        );
        expect(found).toBeCloseTo(expected, 12);
      }),
    );
  });
});
