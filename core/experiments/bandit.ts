import type { ExperimentDefinition } from './definition.ts';
import type { Sums } from './sums.ts';

/** Points that a posterior is looked at. */
const GRID = 4_000;
/** Standard deviations of the widest posterior that the grid reaches to each side. */
const REACH = 8;
/** Visitors of a variant before it may be given up. */
const MIN_VISITORS = 100;
/** Shares that differ by less are left as they are. */
const MIN_CHANGE = 0.005;

/** Which share of new visitors each variant gets from now on. */
export interface Allocation {
  /** Shares, which add up to 1. */
  readonly weights: readonly number[];
  /** How probable it is of each variant that it is the best. */
  readonly best: readonly number[];
  /** The variant that gets everybody from now on, since it is surely the best; nothing while that is open. */
  readonly settled: number | undefined;
}

/** Visitors of a variant, and how many of them ordered. */
export interface Arm {
  readonly visitors: number;
  readonly converted: number;
}

/**
 * Thompson sampling (Thompson, 1933; as randomized probability matching: Scott, "A modern Bayesian look at the multi-armed bandit", 2010): each variant
 * gets new visitors as it is probable that it is the best, by the share of its visitors who order, Beta(1, 1) before; none less than the floor. Once one
 * is the best with probability `settleAt`, it gets all.
 */
export function allocate(arms: readonly Arm[], floor: number, settleAt: number): Allocation {
  const best = probabilitiesOfBest(arms);
  const isSeen = arms.every(({ visitors }) => visitors >= MIN_VISITORS);
  const winner = best.findIndex((probability) => probability >= settleAt);
  if (isSeen && winner >= 0) return { weights: arms.map((_, at) => (at === winner ? 1 : 0)), best, settled: winner };
  const least = Math.min(floor, 1 / arms.length);
  return {
    weights: best.map((probability) => least + (1 - arms.length * least) * probability),
    best,
    settled: undefined,
  };
}

/** Whether an allocation differs from what is in force, as far as it matters. */
export function differs({ weights }: Allocation, { variants }: Pick<ExperimentDefinition, 'variants'>): boolean {
  const total = variants.reduce((sum, { weight }) => sum + weight, 0);
  return variants.some(({ weight }, at) => Math.abs((weights[at] ?? 0) - weight / total) >= MIN_CHANGE);
}

/** Visitors whose first impression was before a day (days since 1970): those after it have not had their time yet. */
export function armsBefore(sums: Sums, variants: number, day: number): Arm[] {
  return Array.from({ length: variants }, (_, variant) => {
    const days = Object.entries(sums[variant]?.days ?? {}).filter(([of]) => Number(of) < day);
    return {
      visitors: days.reduce((sum, [, { visitors }]) => sum + visitors, 0),
      converted: days.reduce((sum, [, { converted }]) => sum + converted, 0),
    };
  });
}

/** Of each arm the integral, over its posterior, of all others being less: on a grid around the posteriors. */
function probabilitiesOfBest(arms: readonly Arm[]): number[] {
  const posteriors = arms.map(({ visitors, converted }) => ({ a: 1 + converted, b: 1 + visitors - converted }));
  const spans = posteriors.map(({ a, b }) => {
    const mean = a / (a + b);
    return { mean, deviation: Math.sqrt((mean * (1 - mean)) / (a + b + 1)) };
  });
  const low = Math.max(0, Math.min(...spans.map(({ mean, deviation }) => mean - REACH * deviation)));
  const high = Math.min(1, Math.max(...spans.map(({ mean, deviation }) => mean + REACH * deviation)));
  const step = (high - low) / GRID;
  const masses = posteriors.map(({ a, b }) => {
    const logs = Array.from({ length: GRID }, (_, at) => {
      const x = low + (at + 0.5) * step;
      return (a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x);
    });
    const top = Math.max(...logs);
    const raw = logs.map((log) => Math.exp(log - top));
    const sum = raw.reduce((total, mass) => total + mass, 0);
    return raw.map((mass) => mass / sum);
  });
  const below = masses.map((mass) => {
    let total = 0;
    return mass.map((one) => {
      total += one;
      // Half of the cell itself.
      return total - one / 2;
    });
  });
  const best = masses.map((mass, arm) =>
    mass.reduce(
      (sum, one, at) =>
        sum + one * below.reduce((product, of, other) => (other === arm ? product : product * (of[at] ?? 0)), 1),
      0,
    ),
  );
  const total = best.reduce((sum, one) => sum + one, 0);
  return best.map((one) => one / total);
}
