import type { Trial } from '../decisions/decision.ts';
import { MAX_TRIALS } from '../decisions/decision-token.ts';
import { fnv1a } from '../hash.ts';
import { BUCKETS, type BucketRange } from './definition.ts';

/** The least probability that a decision says. */
const MIN_PROPENSITY = 0.001;

/** What assignment asks of an experiment. */
export interface Assignable {
  readonly number: number;
  readonly kind: 'ab' | 'holdout';
  readonly layer: string;
  readonly ranges: readonly BucketRange[];
  readonly weights: readonly number[];
}

/**
 * The variants of a visitor, deterministic: by a hash of who he is, unless he has been shown one before, which stays his. Who is held out is
 * in nothing else.
 *
 * @param unit names the visitor inside his site, e.g. `a/<anonymous id>`.
 * @param before variants that he was shown, by number of the experiment.
 * @param mayJoin whether an experiment's audience holds him.
 */
export function assign<E extends Assignable>(
  site: string,
  experiments: readonly E[],
  unit: string,
  before: Readonly<Record<number, number>>,
  mayJoin: (experiment: E) => boolean,
): Trial[] {
  const trials: Trial[] = [];
  for (const experiment of experiments) {
    const variant = variantOf(site, experiment, unit, before[experiment.number], () => mayJoin(experiment));
    if (variant === undefined) continue;
    const { number, weights } = experiment;
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    // Who stays in a variant that gets nobody new was given it by chance once.
    const trial = { number, variant, propensity: Math.max(MIN_PROPENSITY, (weights[variant] ?? 0) / total) };
    if (experiment.kind === 'holdout' && variant > 0) return [trial];
    if (trials.length < MAX_TRIALS) trials.push(trial);
  }
  return trials;
}

function variantOf(
  site: string,
  { number, layer, ranges, weights }: Assignable,
  unit: string,
  before: number | undefined,
  mayJoin: () => boolean,
): number | undefined {
  if (before !== undefined && before < weights.length) return before;
  const bucket = share(`${site}\n${layer}\n${unit}`) * BUCKETS;
  if (!ranges.some(([from, to]) => bucket >= from && bucket < to) || !mayJoin()) return undefined;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = share(`${site}\n#${number}\n${unit}`) * total;
  for (const [variant, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return variant;
  }
  return weights.findLastIndex((weight) => weight > 0);
}

/** A number from 0 up to 1, the same for the same text: FNV-1a, then the finalizer of MurmurHash3 (Appleby), since FNV alone spreads its upper bits badly. */
export function share(text: string): number {
  let hash = fnv1a(text);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** Buckets of a layer for a share of its visitors, the first that are free; nothing where so many are not. */
export function freeRanges(taken: readonly BucketRange[], traffic: number): BucketRange[] | undefined {
  let wanted = Math.max(1, Math.round(traffic * BUCKETS));
  const found: BucketRange[] = [];
  let from = 0;
  for (const [start, end] of [...taken.toSorted(([a], [b]) => a - b), [BUCKETS, BUCKETS] as const]) {
    const size = Math.min(wanted, start - from);
    if (size > 0) {
      found.push([from, from + size]);
      wanted -= size;
    }
    from = Math.max(from, end);
  }
  return wanted === 0 ? found : undefined;
}
