import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FEATURES, FEATURES_BEFORE_RATES, RANKED } from './features.ts';
import { collectLesson, fitLesson, noProgress, type RankingQuestion } from './fit-ranker.ts';
import { scoreRows } from './fit-trees.ts';
import { PRIOR_RANKER } from './prior-ranker.ts';
import { Ranker, type RankerTrees, rankerSchema } from './ranker.ts';
import type { Scan } from './scan.ts';
import { TrainingRows } from './training-rows.ts';

const PICKS = 20;
const PARAMETERS = { trees: 12, learningRate: 0.2, lambda: 5 };
const FLAT: RankerTrees = {
  ...PRIOR_RANKER.trees,
  features: [0, 0, 0],
  thresholds: [0, 0, 0],
  values: Array(8).fill(0),
};

/** Numbers as of a random generator (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A scan whose candidates have random features, of which one, seen through noise, tells the target. */
function lists(seed: number) {
  const random = numbers(seed);
  const features = new Float32Array(RANKED * FEATURES.length);
  const scan = {
    features,
    indexOf: (item: string) => Number(item),
  } as unknown as Scan;
  const run = ({ items }: { readonly items: readonly string[] }) => {
    const target = Number(items[0]);
    for (let feature = 0; feature < FEATURES.length; feature += 1)
      for (let pick = 0; pick < PICKS; pick += 1)
        features[feature * RANKED + pick] = random() + (feature === 7 && pick === target ? 0.6 : 0);
    return PICKS;
  };
  return { scan, run };
}
const asked = (many: number, seed = 1): RankingQuestion[] => {
  const random = numbers(seed);
  return Array.from({ length: many }, () => {
    const target = String(Math.floor(random() * PICKS));
    return { items: [target], target };
  });
};

function ended<T>(steps: Generator<unknown, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
const lesson = (many: number, present = FLAT) => ended(collectLesson(lists(7), asked(many), present));

describe('a fit', () => {
  it('finds what tells the target, and serves it on questions that it has not seen', { timeout: 30_000 }, ({
    expect,
  }) => {
    const fitted = ended(fitLesson(lesson(2_000), noProgress(), PARAMETERS));
    expect(fitted).toMatchObject({ why: 'better', questions: 2_000, usable: 2_000, checked: { questions: 400 } });
    const { present, fitted: found } = fitted.checked;
    expect(found?.mrr20).toBeGreaterThan(2 * present.mrr20);
    expect(fitted.ranker?.features.filter((feature) => feature === 7).length).toBeGreaterThan(PARAMETERS.trees);
    expect(rankerSchema.safeParse(fitted.ranker).success).toBe(true);
  });

  it('goes on where it was broken off, and ends the same', { timeout: 30_000 }, () => {
    const whole = lesson(300);
    const expected = ended(fitLesson(whole, noProgress(), PARAMETERS));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_500 }), (steps) => {
        const progress = noProgress();
        const broken = fitLesson(whole, progress, PARAMETERS);
        for (let step = 0; step < steps; step += 1) broken.next();
        // What is kept of it is text and bytes.
        const { rows } = whole;
        const kept = TrainingRows.fromBytes(rows.cuts, rows.starts, rows.targets, rows.toBytes());
        const again = fitLesson({ ...whole, rows: kept }, JSON.parse(JSON.stringify(progress)), PARAMETERS);
        expect(ended(again)).toEqual(expected);
      }),
      { numRuns: 10 },
    );
  });

  it('keeps the present ranker where the new one is worse, or there is too little to learn from', {
    timeout: 30_000,
  }, ({ expect }) => {
    expect(ended(fitLesson(lesson(150)))).toMatchObject({ why: 'too_few_questions' });
    const good = ended(fitLesson(lesson(2_000), noProgress(), PARAMETERS)).ranker ?? FLAT;
    const poor = { ...PARAMETERS, trees: 1 };
    const fitted = ended(fitLesson(lesson(2_000, good), noProgress(), poor));
    expect([fitted.why, fitted.ranker]).toEqual(['not_better', undefined]);
  });

  it('scores rows by their bins as the ranker scores the features', ({ expect }) => {
    const { scan, run } = lists(7);
    const taught = lesson(600);
    const progress = noProgress();
    const { ranker = FLAT } = ended(fitLesson(taught, progress, PARAMETERS));
    const scores = new Float32Array(taught.rows.rowsOf(taught.rows.questions));
    ended(scoreRows(taught.rows, progress.all, scores));
    const ready = new Ranker(ranker);
    // The first questions are looked at beforehand, for the cuts.
    const questions = asked(600);
    for (let at = 0; at < 480; at += 8) run(questions[at] as RankingQuestion);
    for (const [at, question] of questions.entries()) {
      const picks = run(question);
      const binned = [...scores.subarray(at * PICKS, (at + 1) * PICKS)].map((score) => expect.closeTo(score, 4));
      expect([...ready.score(scan.features, picks).subarray(0, picks)]).toEqual(binned);
    }
  });
});

describe('a ranker', () => {
  it('may have been fitted on the features that there were before, or on all', ({ expect }) => {
    for (const of of [FEATURES_BEFORE_RATES, FEATURES.length])
      expect(rankerSchema.safeParse({ ...FLAT, of }).success).toBe(true);
    expect(
      [{ ...FLAT, features: [0, 0, FEATURES_BEFORE_RATES] }, FLAT].map((trees) => new Ranker(trees).asksRates),
    ).toEqual([true, false]);
  });

  it.for<[string, object]>([
    ['NaN', { values: [Number.NaN, 0, 0, 0, 0, 0, 0, 0] }],
    ['infinity', { thresholds: [0, Number.POSITIVE_INFINITY, 0] }],
    ['a number beyond', { values: [1e300, 0, 0, 0, 0, 0, 0, 0] }],
    ['a feature that is not there', { features: [0, 0, FEATURES.length] }],
    ['a value too few', { values: [0, 0, 0, 0, 0, 0, 0] }],
    ['no tree', { features: [], thresholds: [], values: [] }],
    [
      'ten thousand trees',
      { features: Array(30_000).fill(0), thresholds: Array(30_000).fill(0), values: Array(80_000).fill(0) },
    ],
    ['other features', { of: 17 }],
    ['features that it was not fitted on', { features: [0, 0, FEATURES_BEFORE_RATES], of: FEATURES_BEFORE_RATES }],
    ['another version', { v: 2 }],
  ])('is refused with %s', ([, change], { expect }) => {
    expect(rankerSchema.safeParse(FLAT).success).toBe(true);
    expect(rankerSchema.safeParse({ ...FLAT, ...change }).success).toBe(false);
  });

  it('that is shipped is one', ({ expect }) => {
    expect(rankerSchema.safeParse(PRIOR_RANKER.trees).success).toBe(true);
  });
});
