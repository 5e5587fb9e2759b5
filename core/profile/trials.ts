import type { Decision, VariantOf } from '../decisions/decision.ts';
import type { EnrichedEvent } from '../events/message.ts';
import { byNewest, type Timed } from './newest.ts';

/** What a person has had of one variant: the first decision of it that he was shown, how many he was shown, and on how many products he clicked. */
export interface VariantCounts {
  /** Time and event id of the first impression; time 0 before there is one. */
  readonly first: Timed;
  readonly shown: number;
  readonly clicked: number;
}

/** By number of the experiment, by index of the variant. */
export type Trials = Map<number, Map<number, VariantCounts>>;

/** Experiments that a profile remembers: those with the greatest numbers, which are the newest. */
export const MAX_REMEMBERED = 32;

const NEVER: VariantCounts = { first: { time: 0, key: '' }, shown: 0, clicked: 0 };

/** Counts an impression or a click of a decision, in place; a sum for each experiment and a minimum, so that order does not matter. */
export function foldTrials(trials: Trials, { type, time, id, decision }: EnrichedEvent): void {
  if (!decision) return;
  const one: VariantCounts | undefined =
    type === 'recommendation_shown'
      ? { first: { time, key: id }, shown: 1, clicked: 0 }
      : type === 'recommendation_clicked'
        ? { ...NEVER, clicked: 1 }
        : undefined;
  if (one) for (const { number, variant } of decision.trials) add(trials, number, variant, one);
}

/** Adds what another ledger of the person has counted, in place. */
export function mergeTrials(into: Trials, from: Trials): void {
  for (const [number, variants] of from) for (const [variant, counts] of variants) add(into, number, variant, counts);
}

/** The variant that a person was shown first, which is his from then on; nothing before the first impression. */
export function firstVariant(variants: ReadonlyMap<number, VariantCounts>): number | undefined {
  let first: { readonly variant: number; readonly at: Timed } | undefined;
  for (const [variant, { first: at }] of variants)
    if (at.time > 0 && (!first || byNewest(first.at, at) < 0)) first = { variant, at };
  return first?.variant;
}

function add(trials: Trials, number: number, variant: number, counts: VariantCounts): void {
  const variants = trials.get(number) ?? new Map<number, VariantCounts>();
  const there = variants.get(variant) ?? NEVER;
  variants.set(variant, {
    first: earlier(there.first, counts.first),
    shown: there.shown + counts.shown,
    clicked: there.clicked + counts.clicked,
  });
  trials.set(number, variants);
  if (trials.size > MAX_REMEMBERED) trials.delete(Math.min(...trials.keys()));
}

function earlier(a: Timed, b: Timed): Timed {
  if (a.time === 0 || b.time === 0) return a.time === 0 ? b : a;
  return byNewest(a, b) < 0 ? b : a;
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
