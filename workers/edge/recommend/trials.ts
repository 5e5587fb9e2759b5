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
  /** Whether the visitor is held out: seen as nobody. */
  readonly heldOut: boolean;
}

export const NO_TRIALS: GivenTrials = { trials: [], heldOut: false };
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
  const isHeldOut = ({ number, variant }: Trial) =>
    variant > 0 && experiments.some((one) => one.number === number && one.kind === 'holdout');
  return { trials, heldOut: trials.some(isHeldOut) };
}
