import { z } from 'zod';
import { FEATURES, FEATURES_BEFORE_RATES, RANKED } from './features.ts';

/** Questions that a tree asks of a candidate, each whether a feature is greater than a number: its answers name one of 2^3 leaves. */
export const DEPTH = 3;
export const LEAVES = 2 ** DEPTH;
/** Trees of a ranker, at most: beyond it nothing is gained that a read could be made to wait for. */
export const MAX_TREES = 200;

const finite = z.number().refine((value) => Number.isFinite(value) && Math.abs(value) < 1e12);

/**
 * A sum of boosted oblivious trees: at each level a tree asks the same question of every leaf. Rows of `features` and `thresholds` are
 * trees, three numbers each; of `values`, eight: leaf 1 where the first question is answered with yes, 2 the second, 4 the third, added.
 */
export const rankerSchema = z
  .object({
    v: z.literal(1),
    /** How many features it was fitted on: all, or those that there were then. */
    of: z.union([z.literal(FEATURES_BEFORE_RATES), z.literal(FEATURES.length)]),
    features: z.array(
      z
        .int()
        .min(0)
        .max(FEATURES.length - 1),
    ),
    thresholds: z.array(finite),
    values: z.array(finite),
  })
  .refine(({ of, features }) => features.every((feature) => feature < of), {
    message: 'a ranker asks for features that it was not fitted on',
  })
  .refine(
    ({ features, thresholds, values }) =>
      features.length > 0 &&
      features.length <= MAX_TREES * DEPTH &&
      features.length % DEPTH === 0 &&
      thresholds.length === features.length &&
      values.length * DEPTH === features.length * LEAVES,
    { message: 'a ranker has three features, three thresholds and eight values a tree, and at most 200 trees' },
  );
export type RankerTrees = z.infer<typeof rankerSchema>;

/** All bits of a float but its sign: −0 is 0. */
const MAGNITUDE = 0x7fffffff;

/**
 * A ranker that is ready to score. Features are never negative, and floats of one sign are ordered as their bits are, so that a question
 * is a subtraction of integers whose sign is the answer: no branch, which nobody could predict. Bytes: trees × 3 × (4 + 4) + trees × 8 × 4.
 */
export class Ranker {
  private readonly columns: Int32Array;
  private readonly thresholds: Int32Array;
  private readonly values: Float32Array;
  /** Whether it asks for the rates of candidates. */
  readonly asksRates: boolean;
  private readonly scores = new Float32Array(RANKED);
  private bits: Int32Array = new Int32Array(0);

  constructor({ features, thresholds, values }: RankerTrees) {
    this.asksRates = features.some((feature) => feature >= FEATURES_BEFORE_RATES);
    this.columns = Int32Array.from(features, (feature) => feature * RANKED);
    const floats = Float32Array.from(thresholds);
    // Everything is greater than a number below zero, whose bits would be a large number: −1 is below all bits.
    this.thresholds = new Int32Array(floats.buffer).map((bits, at) =>
      (floats[at] as number) < 0 ? -1 : bits & MAGNITUDE,
    );
    this.values = Float32Array.from(values);
  }

  /**
   * Scores of the first `picks` candidates, whose features stand by feature, then by candidate, `RANKED` apart, none of them negative.
   * Good until the next call.
   */
  score(features: Float32Array, picks: number): Float32Array {
    const { columns, thresholds, values, scores } = this;
    const bits = this.bitsOf(features);
    scores.fill(0, 0, picks);
    for (let question = 0, leaf = 0; question < columns.length; question += DEPTH, leaf += LEAVES) {
      const first = columns[question] as number;
      const second = columns[question + 1] as number;
      const third = columns[question + 2] as number;
      const firstOver = thresholds[question] as number;
      const secondOver = thresholds[question + 1] as number;
      const thirdOver = thresholds[question + 2] as number;
      for (let at = 0; at < picks; at += 1) {
        const answers =
          ((firstOver - (bits[first + at] as number)) >>> 31) |
          (((secondOver - (bits[second + at] as number)) >>> 31) << 1) |
          (((thirdOver - (bits[third + at] as number)) >>> 31) << 2);
        scores[at] = (scores[at] as number) + (values[leaf + answers] as number);
      }
    }
    return scores;
  }

  /** The same memory as integers; made anew only when other features come. */
  private bitsOf(features: Float32Array): Int32Array {
    if (this.bits.buffer !== features.buffer || this.bits.byteOffset !== features.byteOffset)
      this.bits = new Int32Array(features.buffer, features.byteOffset, features.length);
    return this.bits;
  }
}
