import { logGamma } from '../log-gamma.ts';

/** What was counted of something, and what an average look at it would have brought. */
export interface Held {
  readonly observed: number;
  readonly expected: number;
}

/** How true ratios are spread: a gamma distribution of this mean, narrower with a greater shape. */
export interface GammaPrior {
  readonly mean: number;
  readonly shape: number;
}

/** Shapes that are tried: from ratios that differ a hundredfold to such that hardly differ. */
const LEAST_SHAPE = 0.2;
const MOST_SHAPE = 2_000;
/** Of the search for the best shape, and of the mean for a shape. */
const STEPS = 12;
const MEAN_ROUNDS = 6;
/** Counts that the search looks at. */
const SAMPLE = 2_000;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * The spread of true ratios that makes what was counted most likely, counts being Poisson numbers around ratio × expected, so that together they follow
 * a negative binomial distribution (empirical Bayes: Clayton and Kaldor, "Empirical Bayes estimates of age-standardized relative risks", Biometrics 1987).
 *
 * @param mean of the ratios, where it is known; else it is found too: that of all things alike, however often each was looked at.
 */
export function fitPrior(all: readonly Held[], mean?: number): GammaPrior {
  const step = Math.max(1, Math.floor(all.length / SAMPLE));
  const held = all.filter(({ expected }, at) => expected > 0 && at % step === 0);
  if (held.every(({ observed }) => observed === 0)) return { mean: mean ?? 1, shape: MOST_SHAPE };
  const meanFor = (shape: number) => mean ?? likeliestMean(held, shape);
  const at = (x: number) => likelihood(held, meanFor(Math.exp(x)), Math.exp(x));
  let [low, high] = [Math.log(LEAST_SHAPE), Math.log(MOST_SHAPE)];
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [ofLeft, ofRight] = [at(left), at(right)];
  for (let tries = 0; tries < STEPS; tries += 1) {
    if (ofLeft > ofRight) {
      [high, right, ofRight] = [right, left, ofLeft];
      left = high - GOLDEN * (high - low);
      ofLeft = at(left);
    } else {
      [low, left, ofLeft] = [left, right, ofRight];
      right = low + GOLDEN * (high - low);
      ofRight = at(right);
    }
  }
  const shape = Math.exp((low + high) / 2);
  return { mean: meanFor(shape), shape };
}

/** The true ratio of something, as it is expected after what was counted of it. */
export function posterior({ observed, expected }: Held, { mean, shape }: GammaPrior): number {
  return (observed + shape) / (expected + shape / mean);
}

/** The root of the likelihood's derivative by the mean, found in rounds. */
function likeliestMean(held: readonly Held[], shape: number): number {
  let mean = 1;
  for (let round = 0; round < MEAN_ROUNDS; round += 1) {
    let [observed, expected] = [0, 0];
    for (const one of held) {
      const weight = 1 / (shape + mean * one.expected);
      observed += weight * one.observed;
      expected += weight * one.expected;
    }
    mean = observed / expected;
  }
  return mean;
}

function likelihood(held: readonly Held[], mean: number, shape: number): number {
  const ofShape = logGamma(shape);
  let sum = 0;
  for (const { observed, expected } of held) {
    const rate = mean * expected;
    sum +=
      logGamma(observed + shape) -
      ofShape +
      shape * Math.log(shape / (shape + rate)) +
      (observed > 0 ? observed * Math.log(rate / (shape + rate)) : 0);
  }
  return sum;
}
