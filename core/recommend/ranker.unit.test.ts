import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FEATURES, RANKED } from './features.ts';
import { DEPTH, LEAVES, Ranker, type RankerTrees } from './ranker.ts';

/** Numbers of every size, and those on which a comparison turns. */
const TURNS = [0, 1e-45, 1e-12, 0.5, 1, 1e9, 1e11];
const feature = fc.oneof(
  fc.constantFrom(...TURNS),
  fc.float({ min: 0, max: Math.fround(1e12), noNaN: true }).map(Math.abs),
);
const threshold = fc.oneof(
  fc.constantFrom(...TURNS, -0, -1e-45, -1, -1e11),
  fc.double({ min: -1e11, max: 1e11, noNaN: true }),
);
const trees = fc.integer({ min: 1, max: 8 }).chain((count) =>
  fc.record({
    v: fc.constant(1 as const),
    of: fc.constant(FEATURES.length),
    features: fc.array(fc.nat(FEATURES.length - 1), { minLength: count * DEPTH, maxLength: count * DEPTH }),
    thresholds: fc.array(threshold, { minLength: count * DEPTH, maxLength: count * DEPTH }),
    values: fc.array(fc.double({ min: -9, max: 9, noNaN: true }), {
      minLength: count * LEAVES,
      maxLength: count * LEAVES,
    }),
  }),
);

/** Each question asked as it reads: is the feature greater than the threshold? */
function scoreAsWritten({ features, thresholds, values }: RankerTrees, columns: Float32Array, pick: number): number {
  let score = 0;
  for (let tree = 0; tree * DEPTH < features.length; tree += 1) {
    let leaf = 0;
    for (let level = 0; level < DEPTH; level += 1) {
      const question = tree * DEPTH + level;
      const value = columns[(features[question] as number) * RANKED + pick] as number;
      if (value > Math.fround(thresholds[question] as number)) leaf += 2 ** level;
    }
    score = Math.fround(score + Math.fround(values[tree * LEAVES + leaf] as number));
  }
  return score;
}

it('answers each question as a comparison of floats would', () => {
  fc.assert(
    fc.property(
      trees,
      fc.array(feature, { minLength: FEATURES.length * 3, maxLength: FEATURES.length * 3 }),
      fc.nat(7),
      (ranker, values, offset) => {
        // A view that does not begin where its memory does, as one that was cut from a larger one.
        const columns = new Float32Array(offset + RANKED * FEATURES.length).subarray(offset);
        for (const [at, value] of values.entries()) columns[Math.floor(at / 3) * RANKED + (at % 3)] = value;
        expect([...new Ranker(ranker).score(columns, 3).subarray(0, 3)]).toEqual(
          [0, 1, 2].map((pick) => scoreAsWritten(ranker, columns, pick)),
        );
      },
    ),
    { numRuns: 2_000 },
  );
});
