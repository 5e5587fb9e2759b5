import { FEATURES } from './features.ts';
import { DEPTH, LEAVES, type RankerTrees } from './ranker.ts';
import { BINS, type Cuts, type TrainingRows } from './training-rows.ts';

export interface FitParameters {
  readonly trees: number;
  readonly learningRate: number;
  /** Holds leaves with little behind them near zero (the L2 term of a leaf's value). */
  readonly lambda: number;
}

export const FIT_PARAMETERS: FitParameters = { trees: 40, learningRate: 0.2, lambda: 5 };

/** To rank a row and to weigh it costs as much as to look at it so often: what is yielded is looks. */
const RANKING_LOOKS = 80;
/** Ranks beyond it weigh nothing, so that a target far below teaches nothing of the first places. */
const TRUNCATED_RANK = 30;
/** By rank, from 1. */
const DISCOUNT = Float64Array.from({ length: 1_025 }, (_, rank) => (rank === 0 ? 0 : 1 / Math.log2(1 + rank)));

/** Trees by bins: a row answers yes where its bin of the feature is greater. As `rankerSchema`, with bins for thresholds. */
export interface BinnedTrees {
  readonly features: number[];
  readonly bins: number[];
  readonly values: number[];
}

/** The trees for features as they are. Nine digits are as much as a float holds. */
export function rankerOf({ features, bins, values }: BinnedTrees, cuts: Cuts): RankerTrees {
  const thresholds = features.map((feature, at) =>
    Number((cuts[feature]?.[bins[at] as number] ?? 1e11).toPrecision(9)),
  );
  return { v: 1, of: FEATURES.length, features, thresholds, values };
}

/** Scores of all rows; `into` is as long as there are rows. Yields how many rows it looked at. */
export function* scoreRows(
  rows: TrainingRows,
  { features, bins, values }: BinnedTrees,
  into: Float32Array,
): Generator<number> {
  into.fill(0);
  for (let tree = 0; tree * DEPTH < features.length; tree += 1) {
    const questions = [0, 1, 2].map((level) => tree * DEPTH + level);
    const columns = questions.map((at) => rows.column(features[at] as number));
    const over = questions.map((at) => bins[at] as number);
    for (let row = 0; row < into.length; row += 1) {
      const leaf =
        ((columns[0]?.[row] as number) > (over[0] as number) ? 1 : 0) +
        ((columns[1]?.[row] as number) > (over[1] as number) ? 2 : 0) +
        ((columns[2]?.[row] as number) > (over[2] as number) ? 4 : 0);
      into[row] = (into[row] as number) + (values[tree * LEAVES + leaf] as number);
    }
    yield into.length;
  }
}

/**
 * Fits oblivious trees by boosting (Friedman, 2001; the oblivious form: Prokhorenkova et al., NeurIPS 2018) on the gradient of LambdaRank
 * (Burges, 2010) with one relevant candidate a question: a pair weighs what the discounted gain would change if the two changed places.
 * Yields how many rows it looked at, so that the caller can let others run between two steps.
 *
 * @param questions how many of the rows' questions are fitted on.
 * @param trees those that are there already; new ones are added to it, so that a fit that was broken off goes on.
 */
export function* fitTrees(
  rows: TrainingRows,
  questions: number,
  trees: BinnedTrees,
  parameters: FitParameters = FIT_PARAMETERS,
): Generator<number> {
  const size = rows.rowsOf(questions);
  const scores = new Float32Array(size);
  const slopes: Slopes = { first: new Float32Array(size), second: new Float32Array(size) };
  const leaves = new Uint8Array(size);
  yield* scoreRows(rows, trees, scores);
  for (let tree = trees.features.length / DEPTH; tree < parameters.trees; tree += 1) {
    yield* lambdaRank(rows, questions, scores, slopes);
    leaves.fill(0);
    const splits: { readonly feature: number; readonly bin: number }[] = [];
    for (let level = 0; level < DEPTH; level += 1) {
      const split = yield* bestSplit(rows, leaves, level, slopes, parameters.lambda);
      const column = rows.column(split.feature);
      const side = 1 << level;
      for (let row = 0; row < size; row += 1)
        if ((column[row] as number) > split.bin) leaves[row] = (leaves[row] as number) | side;
      splits.push(split);
    }
    const values = leafValues(leaves, size, slopes, parameters);
    for (let row = 0; row < size; row += 1)
      scores[row] = (scores[row] as number) + (values[leaves[row] as number] as number);
    trees.features.push(...splits.map(({ feature }) => feature));
    trees.bins.push(...splits.map(({ bin }) => bin));
    trees.values.push(...values);
    yield size;
  }
}

/** First and second derivative of the loss by a row's score. */
interface Slopes {
  readonly first: Float32Array;
  readonly second: Float32Array;
}

function* lambdaRank(
  { starts, targets }: TrainingRows,
  questions: number,
  scores: Float32Array,
  { first, second }: Slopes,
): Generator<number> {
  const order = new Uint32Array(1_024);
  for (let question = 0; question < questions; question += 1) {
    const from = starts[question] as number;
    const size = (starts[question + 1] as number) - from;
    const target = targets[question] as number;
    const targetScore = scores[target] as number;
    for (let at = 0; at < size; at += 1) order[at] = from + at;
    const ranked = order.subarray(0, size).sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
    const targetRank = ranked.indexOf(target) + 1;
    let sumFirst = 0;
    let sumSecond = 0;
    for (let at = 0; at < size; at += 1) {
      const row = ranked[at] as number;
      if (row === target) continue;
      const rank = at + 1;
      const gain =
        Math.min(rank, targetRank) > TRUNCATED_RANK
          ? 0
          : Math.abs((DISCOUNT[targetRank] as number) - (DISCOUNT[rank] as number));
      const wrong = 1 / (1 + Math.exp(targetScore - (scores[row] as number)));
      const slope = wrong * gain;
      const curve = slope * (1 - wrong);
      first[row] = slope;
      second[row] = curve;
      sumFirst += slope;
      sumSecond += curve;
    }
    first[target] = -sumFirst;
    second[target] = sumSecond;
    if (question % 32 === 31) yield 32 * size * RANKING_LOOKS;
  }
}

/** The question that gains most when it is asked of every leaf. */
function* bestSplit(
  rows: TrainingRows,
  leaves: Uint8Array,
  level: number,
  { first, second }: Slopes,
  lambda: number,
): Generator<number, { feature: number; bin: number }> {
  const parts = 1 << level;
  const sumsFirst = new Float64Array(parts * BINS);
  const sumsSecond = new Float64Array(parts * BINS);
  let best = { feature: 0, bin: 0, gain: Number.NEGATIVE_INFINITY };
  for (let feature = 0; feature < FEATURES.length; feature += 1) {
    const cuts = rows.cuts[feature]?.length ?? 0;
    if (cuts === 0) continue;
    sumsFirst.fill(0);
    sumsSecond.fill(0);
    const column = rows.column(feature);
    for (let row = 0; row < leaves.length; row += 1) {
      const cell = (leaves[row] as number) * BINS + (column[row] as number);
      sumsFirst[cell] = (sumsFirst[cell] as number) + (first[row] as number);
      sumsSecond[cell] = (sumsSecond[cell] as number) + (second[row] as number);
    }
    for (let part = 0; part < parts; part += 1)
      for (let bin = 1; bin <= cuts; bin += 1) {
        const cell = part * BINS + bin;
        sumsFirst[cell] = (sumsFirst[cell] as number) + (sumsFirst[cell - 1] as number);
        sumsSecond[cell] = (sumsSecond[cell] as number) + (sumsSecond[cell - 1] as number);
      }
    for (let bin = 0; bin < cuts; bin += 1) {
      let gain = 0;
      for (let part = 0; part < parts; part += 1) {
        const below = part * BINS + bin;
        const all = part * BINS + cuts;
        const firstBelow = sumsFirst[below] as number;
        const firstAbove = (sumsFirst[all] as number) - firstBelow;
        const secondBelow = sumsSecond[below] as number;
        const secondAbove = (sumsSecond[all] as number) - secondBelow;
        gain += firstBelow ** 2 / (secondBelow + lambda) + firstAbove ** 2 / (secondAbove + lambda);
      }
      if (gain > best.gain) best = { feature, bin, gain };
    }
    yield leaves.length;
  }
  return best;
}

/** A Newton step for each leaf. */
function leafValues(
  leaves: Uint8Array,
  size: number,
  { first, second }: Slopes,
  { learningRate, lambda }: FitParameters,
): number[] {
  const sumsFirst = new Float64Array(LEAVES);
  const sumsSecond = new Float64Array(LEAVES);
  for (let row = 0; row < size; row += 1) {
    const leaf = leaves[row] as number;
    sumsFirst[leaf] = (sumsFirst[leaf] as number) + (first[row] as number);
    sumsSecond[leaf] = (sumsSecond[leaf] as number) + (second[row] as number);
  }
  return Array.from(sumsFirst, (slope, leaf) =>
    Number(((-learningRate * slope) / ((sumsSecond[leaf] as number) + lambda)).toPrecision(6)),
  );
}
