import { confidenceSequence, type Estimate } from './confidence.ts';

/** What one visitor was given, and what came of it. */
export interface Logged {
  /** What is known of him that a policy may look at: one of few values. */
  readonly context: string;
  /** What he was given, by name. */
  readonly action: string;
  /** With which probability it was given to him. */
  readonly propensity: number;
  readonly reward: number;
}

/** With which probability a policy gives each action in a context; what it does not name it never gives. */
export type Policy = (context: string) => Readonly<Record<string, number>>;

/** What a policy would bring a visitor, by three ways to say it. */
export interface OffPolicyEstimate {
  readonly visitors: number;
  /** Inverse propensity scoring (Horvitz and Thompson 1952). */
  readonly ips: Estimate;
  /** The same, normalized by its weights: less spread, a little bias. */
  readonly snips: Estimate;
  /** Doubly robust (Dudík, Langford and Li 2011): a model of rewards, corrected by the weights. */
  readonly doublyRobust: Estimate;
  /** Visitors that the log is worth under the policy: (Σw)² / Σw². */
  readonly effectiveVisitors: number;
  readonly warnings: readonly string[];
}

const ALPHA = 0.05;
/** Below this many effective visitors, or this share of all, an estimate says little. */
const MIN_EFFECTIVE = 100;
const MIN_SHARE = 0.05;
/** Visitors whose mean the model of rewards takes for one: pulls cells with few towards the action's mean. */
const PRIOR = 20;

/**
 * Estimates what a policy would have brought, from a log of what others were given by chance. Intervals are those of `confidenceSequence`: wider than
 * for a log that is looked at once.
 */
export function evaluatePolicy(log: readonly Logged[], policy: Policy): OffPolicyEstimate {
  const n = log.length;
  const model = rewardModel(log);
  const rows = log.map(({ context, action, propensity, reward }) => {
    const chances = policy(context);
    const weight = (chances[action] ?? 0) / propensity;
    const expected = Object.entries(chances).reduce((sum, [one, chance]) => sum + chance * model(context, one), 0);
    return { weight, weighted: weight * reward, robust: expected + weight * (reward - model(context, action)) };
  });
  const weights = sum(rows.map(({ weight }) => weight));
  const squares = sum(rows.map(({ weight }) => weight * weight));
  const value = weights > 0 ? sum(rows.map(({ weighted }) => weighted)) / weights : 0;
  const effectiveVisitors = squares > 0 ? (weights * weights) / squares : 0;
  const normalized = rows.map(
    ({ weight, weighted }) => value + (n / Math.max(weights, 1e-12)) * (weighted - weight * value),
  );
  const unseen = unseenActions(log, policy);
  return {
    visitors: n,
    ips: meanOf(rows.map(({ weighted }) => weighted)),
    snips: meanOf(normalized),
    doublyRobust: meanOf(rows.map(({ robust }) => robust)),
    effectiveVisitors,
    warnings: [
      ...(effectiveVisitors < MIN_EFFECTIVE || effectiveVisitors < MIN_SHARE * n
        ? [
            `The log is worth ${Math.round(effectiveVisitors)} of its ${n} visitors under this policy: too few to believe much.`,
          ]
        : []),
      ...unseen.map(
        ({ context, action }) =>
          `Nobody${context === '' ? '' : ` of "${context}"`} was ever given "${action}": what it would bring is a guess.`,
      ),
    ],
  };
}

/** What a policy gives and the log does not have. */
function unseenActions(log: readonly Logged[], policy: Policy): { context: string; action: string }[] {
  const seen = new Set(log.map(({ context, action }) => `${context}\n${action}`));
  return [...new Set(log.map(({ context }) => context))].flatMap((context) =>
    Object.entries(policy(context)).flatMap(([action, chance]) =>
      chance > 0 && !seen.has(`${context}\n${action}`) ? [{ context, action }] : [],
    ),
  );
}

/** The mean reward of an action in a context, pulled towards the action's mean over all contexts where few had it. */
function rewardModel(log: readonly Logged[]): (context: string, action: string) => number {
  const actions = new Map<string, { n: number; sum: number }>();
  const cells = new Map<string, { n: number; sum: number }>();
  for (const { context, action, reward } of log)
    for (const [map, key] of [
      [actions, action],
      [cells, `${context}\n${action}`],
    ] as const) {
      const cell = map.get(key) ?? { n: 0, sum: 0 };
      cell.n += 1;
      cell.sum += reward;
      map.set(key, cell);
    }
  return (context, action) => {
    const { n = 0, sum: total = 0 } = cells.get(`${context}\n${action}`) ?? {};
    const all = actions.get(action);
    const mean = all ? all.sum / all.n : 0;
    return (total + PRIOR * mean) / (n + PRIOR);
  };
}

function meanOf(values: readonly number[]): Estimate {
  const n = values.length;
  if (n < 2) return { value: values[0] ?? 0, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const mean = sum(values) / n;
  const variance = sum(values.map((value) => (value - mean) ** 2)) / (n - 1) / n;
  return confidenceSequence(mean, variance, n, n, ALPHA);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
