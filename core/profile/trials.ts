import type { Decision, VariantOf } from '../decisions/decision.ts';
import type { EnrichedEvent } from '../events/message.ts';
import { byNewest, type Timed } from './newest.ts';

/** What a person has had of one variant: the first decision of it that he was shown, how many he was shown, and on how many products he clicked. */
export interface VariantCounts {
  /** Time and event id of the first impression, or click: who clicks has seen it, also where the page was gone before it could say so. */
  readonly first: Timed;
  readonly shown: number;
  readonly clicked: number;
}

/** By number of the experiment, by index of the variant. */
export type Trials = Map<number, Map<number, VariantCounts>>;

/** Experiments that a profile remembers: those with the greatest numbers, which are the newest. */
export const MAX_REMEMBERED = 32;

/** Counts an impression or a click of a decision, in place; a sum for each experiment and a minimum, so that order does not matter. */
export function foldTrials(trials: Trials, { type, time, id, decision }: EnrichedEvent): void {
  if (!decision) return;
  const shown = Number(type === 'recommendation_shown');
  const clicked = Number(type === 'recommendation_clicked');
  const one = { first: { time, key: id }, shown, clicked };
  if (shown + clicked > 0) for (const { number, variant } of decision.trials) add(trials, number, variant, one);
}

/** Adds what another ledger of the person has counted, in place. */
export function mergeTrials(into: Trials, from: Trials): void {
  for (const [number, variants] of from) for (const [variant, counts] of variants) add(into, number, variant, counts);
}

/** The variant that a person was shown first, which is his from then on. */
export function firstVariant(variants: ReadonlyMap<number, VariantCounts>): number | undefined {
  let first: { readonly variant: number; readonly at: Timed } | undefined;
  for (const [variant, { first: at }] of variants) if (!first || byNewest(first.at, at) < 0) first = { variant, at };
  return first?.variant;
}

function add(trials: Trials, number: number, variant: number, counts: VariantCounts): void {
  const variants = trials.get(number) ?? new Map<number, VariantCounts>();
  const there = variants.get(variant);
  variants.set(variant, {
    first: there && byNewest(there.first, counts.first) >= 0 ? there.first : counts.first,
    shown: (there?.shown ?? 0) + counts.shown,
    clicked: (there?.clicked ?? 0) + counts.clicked,
  });
  trials.set(number, variants);
  if (trials.size > MAX_REMEMBERED) trials.delete(Math.min(...trials.keys()));
}

/** A click on what a decision showed. */
export interface Touch extends Timed, Pick<Decision, 'strategy'> {
  readonly trials: readonly VariantOf[];
  readonly slot: string;
  readonly item: string;
}

/** The click that an event is, if it comes from a decision. */
export function touchOf({ type, time, id, decision, properties }: EnrichedEvent): Touch | undefined {
  if (type !== 'recommendation_clicked' || !decision) return undefined;
  const { strategy } = decision;
  const trials = decision.trials.map(({ number, variant }) => ({ number, variant }));
  const [slot, item] = [String(properties?.slot), String(properties?.product_id)];
  return { time, key: id, slot, item, strategy, trials };
}
