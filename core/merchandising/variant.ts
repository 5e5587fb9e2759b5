import type { VariantOf } from '../decisions/decision.ts';
import type { Action, ChangedSlot } from './document.ts';

/** What a variant of an experiment does, for those who were given it: a rule that comes before all rules, and slots that differ. */
export interface Variant {
  readonly trial: VariantOf;
  /** As explanations name it. */
  readonly name: string;
  /** Where it stands in what the operator said, for errors. */
  readonly path: string;
  /** Where it holds; default: everywhere. */
  readonly slots: readonly string[] | undefined;
  readonly actions: readonly Action[];
  readonly changes: Readonly<Record<string, ChangedSlot>>;
}

/** Whether somebody was given this. */
export function isGiven({ number, variant }: VariantOf, trials: readonly VariantOf[]): boolean {
  return trials.some((one) => one.number === number && one.variant === variant);
}
