import { logGamma } from '../log-gamma.ts';

/** An estimate with an interval that holds at all looks at once. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The interval of a mean, or of a difference of means, that holds the truth at every look with probability 1 − alpha, however often one looks:
 * an asymptotic confidence sequence (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory and asymptotic
 * confidence sequences", Annals of Statistics 2024, theorem 2.2, with the Gaussian mixture of Robbins).
 *
 * @param value the estimate.
 * @param variance of the estimate.
 * @param visitors behind it.
 * @param expectedVisitors where the interval shall be narrowest.
 */
export function confidenceSequence(
  value: number,
  variance: number,
  visitors: number,
  expectedVisitors: number,
  alpha: number,
): Estimate {
  const rho2 = (-2 * Math.log(alpha) + Math.log(-2 * Math.log(alpha)) + 1) / expectedVisitors;
  const spread = visitors * rho2 + 1;
  const half = Math.sqrt(((2 * spread) / (visitors * rho2)) * variance * Math.log(Math.sqrt(spread) / alpha));
  return { value, low: value - half, high: value + half };
}

/** Visitors of a variant with a metric and what they were before, as sums. */
export interface Sample {
  readonly n: number;
  readonly y: number;
  readonly yy: number;
  readonly x: number;
  readonly xx: number;
  readonly xy: number;
}

/**
 * The difference of two means and its variance, with what visitors were before taken out (CUPED: Deng, Xu, Kohavi and Walker, "Improving the
 * sensitivity of online controlled experiments by utilizing pre-experiment data", WSDM 2013): theta is the slope over both. It changes
 * nothing where all were alike before.
 */
export function difference(
  control: Sample,
  treated: Sample,
): { readonly value: number; readonly variance: number; readonly reduced: number } {
  const pooled = within(control).xx + within(treated).xx;
  const theta = pooled > 0 ? (within(control).xy + within(treated).xy) / pooled : 0;
  const adjusted = (sample: Sample) => {
    const { xx, xy, yy } = within(sample);
    return Math.max(0, yy - 2 * theta * xy + theta * theta * xx) / Math.max(1, sample.n - 1) / sample.n;
  };
  const plain = (sample: Sample) => within(sample).yy / Math.max(1, sample.n - 1) / sample.n;
  const mean = ({ n, y, x }: Sample) => y / n - (theta * x) / n;
  const variance = adjusted(control) + adjusted(treated);
  const without = plain(control) + plain(treated);
  return { value: mean(treated) - mean(control), variance, reduced: without > 0 ? 1 - variance / without : 0 };
}

/** Sums of squares around the means. */
function within({ n, y, yy, x, xx, xy }: Sample): { readonly xx: number; readonly xy: number; readonly yy: number } {
  return { xx: Math.max(0, xx - (x * x) / n), xy: xy - (x * y) / n, yy: Math.max(0, yy - (y * y) / n) };
}

/** Weight of the prior of `sampleRatio`, in visitors. */
const PRIOR = 100;

/**
 * The probability, at all looks at once, of shares of visitors as far from what was meant as these: the reciprocal of the Bayes factor of a
 * Dirichlet prior around the meant shares against these (Lindon and Malek, "Anytime-valid inference for multinomial count data", NeurIPS 2022).
 *
 * @param counts visitors by variant.
 * @param shares what was meant; they add up to 1.
 */
export function sampleRatio(counts: readonly number[], shares: readonly number[]): number {
  let logFactor = 0;
  let visitors = 0;
  for (const [at, count] of counts.entries()) {
    const meant = shares[at] ?? 0;
    if (meant === 0) {
      if (count > 0) return 0;
      continue;
    }
    const prior = PRIOR * meant;
    logFactor += logGamma(prior + count) - logGamma(prior) - count * Math.log(meant);
    visitors += count;
  }
  logFactor += logGamma(PRIOR) - logGamma(PRIOR + visitors);
  return Math.min(1, Math.exp(-logFactor));
}
