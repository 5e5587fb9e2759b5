import type { ExperimentDefinition, ExperimentState } from '../../../core/experiments/definition.ts';
import type { Results } from '../../../core/experiments/results.ts';
import type { Metric } from '../../../core/experiments/sums.ts';

/** An experiment as the API tells it; times in ms since 1970. */
export interface Experiment {
  readonly number: number;
  readonly state: ExperimentState;
  readonly version: number;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly definition: ExperimentDefinition;
}

/** What an experiment has found by now, and what was known before. */
export interface ExperimentResults extends Results {
  readonly looks: readonly Look[];
}

/** What was known at a time: of each variant the difference of the goal; null for the first. */
export interface Look {
  readonly at: number;
  readonly visitors: number;
  readonly differences: readonly (Interval | null)[];
}

export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export const STATE_NAMES: Readonly<Record<ExperimentState, string>> = {
  draft: 'draft',
  running: 'running',
  paused: 'paused',
  ended: 'ended',
};

export const METRIC_NAMES: Readonly<Record<Metric, string>> = {
  conversion: 'Visitors who order',
  orders: 'Orders a visitor',
  revenue: 'Revenue a visitor',
  clicks: 'Clicks a visitor',
  attributed_revenue: 'Revenue from clicked recommendations, a visitor',
  first_touch_revenue: 'Revenue from clicked recommendations, by first click',
  linear_revenue: 'Revenue from clicked recommendations, by all clicks alike',
  time_decay_revenue: 'Revenue from clicked recommendations, by later clicks more',
};

export const VERDICT_NAMES: Readonly<Record<Results['verdict'], string>> = {
  collecting: 'Too early to tell',
  sample_ratio: 'Something is wrong',
  better: 'There is a winner',
  worse: 'Nothing beats the first',
  undecided: 'Nothing is certain yet',
};

/** A share as people write it, e.g. "+4.2 %". */
export function percentWords(share: number, sign = true): string {
  const text = `${Math.abs(share * 100).toFixed(1)} %`;
  if (!sign) return text;
  return share < 0 ? `−${text}` : `+${text}`;
}

/** A mean of a metric in its unit. */
export function meanWords(metric: Metric, mean: number, currency: string | null): string {
  if (metric === 'conversion') return percentWords(mean, false);
  if (metric === 'orders' || metric === 'clicks') return mean.toFixed(3);
  if (currency === null) return mean.toFixed(2);
  return mean.toLocaleString(undefined, { style: 'currency', currency });
}

/** An interval in words: by how much better or worse it may be. */
export function intervalWords({ low, high, value }: Interval): string {
  return `${percentWords(value)}, between ${percentWords(low)} and ${percentWords(high)}`;
}

/** How long an experiment has run, in words. */
export function ageWords(fromMs: number, toMs: number): string {
  const hours = Math.floor((toMs - fromMs) / 3_600_000);
  if (hours < 1) return 'less than an hour';
  if (hours < 48) return hours === 1 ? '1 hour' : `${hours} hours`;
  return `${Math.floor(hours / 24)} days`;
}

/** An experiment as it begins. */
export function newExperiment(name: string): ExperimentDefinition {
  return {
    ...{ name, hypothesis: '', kind: 'ab', traffic: 1, goal: 'conversion', expectedVisitors: 10_000, guardrail: 0.1 },
    allocation: 'fixed',
    bandit: { floor: 0.05, settleAt: 0.99, delayDays: 1 },
    variants: [
      { name: 'as-it-is', weight: 1, actions: [], slots: {} },
      { name: 'new', weight: 1, actions: [{ do: 'strategy', strategy: 'trending' }], slots: {} },
    ],
  };
}
