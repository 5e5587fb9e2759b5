import { boundedInput } from '../../../core/cel/bounded-input.ts';
import type { Trial } from '../../../core/decisions/decision.ts';
import { assign } from '../../../core/experiments/assign.ts';
import { concerns, type ReadyExperiment } from '../../../core/experiments/ready.ts';
import type { RuleInput } from '../../../core/merchandising/effects.ts';
import type { CurrentPlan } from '../../../stores/merchandising/current-plan.ts';
import type { ReadQuery } from '../visitor/read-query.ts';

/** The variants that a read was decided under. */
export interface GivenTrials {
  readonly trials: readonly Trial[];
  /** With which probability chance gave them. */
  readonly propensity: number;
  /** Whether the visitor is held out: seen as nobody. */
  readonly heldOut: boolean;
}

export const NO_TRIALS: GivenTrials = { trials: [], propensity: 1, heldOut: false };
const NO_EXPERIMENTS: readonly ReadyExperiment[] = [];

/** The experiments that have a say in a slot for this visitor; none for nobody, and for whom they do not count. */
export function experimentsAt(
  current: CurrentPlan | null,
  { slot, counted, claimedId, userId }: ReadQuery,
): readonly ReadyExperiment[] {
  if (!current || !counted || current.experiments.length === 0 || !current.plan.active) return NO_EXPERIMENTS;
  if (claimedId === undefined && userId === undefined) return NO_EXPERIMENTS;
  return current.experiments.filter((experiment) => concerns(experiment, slot));
}

/** The variants of a visitor: those that he was shown before, else by a hash of who he is. */
export function trialsOf(
  site: string,
  experiments: readonly ReadyExperiment[],
  { claimedId, userId }: ReadQuery,
  before: Readonly<Record<number, number>>,
  input: () => RuleInput,
  nowMs: number,
): GivenTrials {
  if (experiments.length === 0) return NO_TRIALS;
  const unit = userId === undefined ? `a/${claimedId}` : `u/${userId}`;
  const trials = assign(
    site,
    experiments,
    unit,
    before,
    ({ audience }) => audience?.evaluate(boundedInput(input()) as Record<string, unknown>, nowMs).holds ?? true,
  );
  let propensity = 1;
  let heldOut = false;
  for (const { number, variant } of trials) {
    const { weights = [], kind } = experiments.find((one) => one.number === number) ?? {};
    propensity *= (weights[variant] ?? 0) / weights.reduce((sum, weight) => sum + weight, 0);
    heldOut ||= kind === 'holdout' && variant > 0;
  }
  return { trials, propensity, heldOut };
}
