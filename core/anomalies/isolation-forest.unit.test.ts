import fc from 'fast-check';
import { describe, it } from 'vitest';
import { seededRandom } from '../../ops/seeded-random.ts';
import { averagePath, contributions, forestBytes, forestScore, readForest, trainForest } from './isolation-forest.ts';

function cloud(count: number, features: number, seed: number): number[][] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () =>
    Array.from({ length: features }, () => random() + random() + random() + random() - 2),
  );
}
const train = (rows: readonly ArrayLike<number>[], seed = 1) => trainForest(rows, { random: seededRandom(seed) });

describe('an isolation forest', () => {
  it('puts what is far from all above all, and says which feature that is', ({ expect }) => {
    const rows = cloud(2_000, 4, 7);
    const forest = train(rows);
    const usual = rows.map((row) => forestScore(forest, row)).sort((a, b) => a - b);
    expect(usual[1_000]).toBeLessThan(0.5);
    expect(forestScore(forest, [9, -9, 9, -9])).toBeGreaterThan(usual[1_999] ?? 1);
    const middle = forestScore(forest, [0, 0, 0, 0]);
    for (const feature of [0, 1, 2, 3]) {
      const odd = [0, 0, 0, 0].map((_, at) => (at === feature ? 9 : 0));
      expect(forestScore(forest, odd)).toBeGreaterThan(middle + 0.08);
      expect(contributions(forest, odd, [0, 0, 0, 0])[0]?.feature).toBe(feature);
    }
  });

  it('is the same by the same seed, and from its bytes', ({ expect }) => {
    const rows = cloud(300, 3, 3);
    const bytes = forestBytes(train(rows, 5));
    expect([...forestBytes(train(rows, 5))]).toEqual([...bytes]);
    expect([...forestBytes(train(rows, 6))]).not.toEqual([...bytes]);
    const [again, first] = [readForest(bytes), train(rows, 5)];
    for (const row of rows) expect(forestScore(again, row)).toBe(forestScore(first, row));
    expect(bytes.length).toBeLessThan(600_000);
  });

  it('is not read from bytes that are none: cut off, of another version, or with cuts that lead nowhere', ({
    expect,
  }) => {
    const bytes = forestBytes(trainForest(cloud(40, 2, 1), { trees: 3, random: seededRandom(1) }));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), fc.nat(bytes.length), (at, byte, cut) => {
        expect(() => readForest(bytes.subarray(0, Math.min(cut, bytes.length - 1)))).toThrow(RangeError);
        const wrong = bytes.slice();
        wrong[at] = byte;
        try {
          // Whatever it holds, a score ends.
          forestScore(readForest(wrong), [0, 0]);
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
        }
      }),
    );
  });

  it('takes what is missing as a value of its own', ({ expect }) => {
    const rows = cloud(500, 2, 2).map(([x, y], at) => [x ?? 0, at % 2 === 0 ? Number.NaN : (y ?? 0)]);
    const forest = train(rows);
    const [missing, there] = [forestScore(forest, [0, Number.NaN]), forestScore(forest, [0, 0])];
    expect(missing).toBeLessThan(0.6);
    expect(there).toBeLessThan(0.6);
    const all = train(cloud(500, 2, 2));
    expect(forestScore(all, [Number.NaN, 0])).toBeGreaterThan(forestScore(all, [0, 0]));
  });

  it('is trained on anything: rows that are all alike, huge values, two rows', ({ expect }) => {
    const value = fc.oneof(fc.double(), fc.constantFrom(0, 1, 1e308, -1e308, Number.NaN));
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 4 })
          .chain((features) =>
            fc.array(fc.array(value, { minLength: features, maxLength: features }), { minLength: 2, maxLength: 40 }),
          ),
        (rows) => {
          const forest = trainForest(rows, { trees: 10, random: seededRandom(1) });
          for (const row of rows) {
            const score = forestScore(forest, row);
            expect(score >= 0 && score <= 1).toBe(true);
          }
        },
      ),
    );
    expect(() => train([])).toThrow(RangeError);
    expect(() => train([[1]])).toThrow(RangeError);
  });

  it('knows the average way of the paper', ({ expect }) => {
    expect([averagePath(1), averagePath(2)]).toEqual([0, 1]);
    expect(averagePath(256)).toBeCloseTo(10.2448, 3);
  });
});
