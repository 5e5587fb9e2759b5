import type { ServedItem } from '../catalog/served-item.ts';
import { boundedInput } from '../cel/bounded-input.ts';
import type { VariantOf } from '../decisions/decision.ts';
import type { Strategy } from '../decisions/strategy.ts';
import { once } from '../once.ts';
import type { RankerChoice } from '../recommend/ranker-choice.ts';
import { type Plan, type ReadyRule, slotFor, type Where } from './compile.ts';
import { itemInput } from './conditions.ts';
import { isScheduled } from './schedule.ts';
import { isGiven } from './variant.ts';

/** What a rule's `when` is asked of: what there is of the visitor, and where he is. */
export interface RuleInput {
  readonly visitor: Readonly<Record<string, unknown>>;
  readonly segments: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly context: Readonly<Record<string, unknown>>;
}

const NO_TRIALS: readonly VariantOf[] = [];

/** Whether a rule holds, and if not, why; for who asks why a slot shows what it shows. */
export interface RuleVerdict {
  readonly rule: string;
  readonly holds: boolean;
  readonly why: 'holds' | 'switched_off' | 'disabled' | 'other_slot' | 'other_variant' | 'schedule' | 'condition';
  /** What CEL could not tell. */
  readonly error?: string;
}

/** A product that a rule puts at a place, counted from 1. */
export interface Pin {
  readonly item: string;
  readonly place: number;
  readonly rule: string;
  /** How many rules stand before the one that pins it: those may still exclude it. */
  readonly rank: number;
}

/** What the rules that hold, and the slot itself, do with candidates. */
export interface Effects {
  readonly pins: readonly Pin[];
  /** What takes a product out: the slot's filter, or a rule; nothing if it may stay. `before`: only rules before this rank. */
  removedBy(item: ServedItem, before?: number): string | undefined;
  /** What its score is multiplied with, and the rules that say so. */
  factorOf(item: ServedItem): { readonly factor: number; readonly rules: readonly string[] };
  readonly diversity: number;
  /** Whether anything may change the order or take products out, so that more candidates are needed than are shown. */
  readonly rearranges: boolean;
  readonly strategy: Strategy | undefined;
  readonly content: string | undefined;
  readonly ranker: RankerChoice | undefined;
  /** What became of each rule of the plan; for who asks. */
  verdicts(): readonly RuleVerdict[];
}

const UNWEIGHED = { factor: 1, rules: [] } as const;

export const NO_EFFECTS: Effects = {
  pins: [],
  removedBy: () => undefined,
  factorOf: () => UNWEIGHED,
  diversity: 0,
  rearranges: false,
  strategy: undefined,
  content: undefined,
  ranker: undefined,
  verdicts: () => [],
};

const YES = 1;
const NO = 2;
/** What the conditions of a plan have said of products, by plan and product: a product that is the same object is as it was. */
const asked = new WeakMap<Plan, WeakMap<ServedItem, Uint8Array>>();

function verdictsOn(plan: Plan): (item: ServedItem) => Uint8Array {
  const byItem = asked.get(plan) ?? new WeakMap<ServedItem, Uint8Array>();
  asked.set(plan, byItem);
  return (item) => {
    let verdicts = byItem.get(item);
    if (!verdicts) {
      verdicts = new Uint8Array(plan.wheres);
      byItem.set(item, verdicts);
    }
    return verdicts;
  };
}

/**
 * The effects of a plan on one slot for one visitor, at a time (ms since 1970). Of two rules that choose one thing the first holds.
 *
 * @param rules those that may hold there, as `slotPlan` finds them by its context.
 * @param input what conditions are asked of; not made where none asks.
 * @param trials variants of experiments that the visitor was given.
 */
export function effectsOf(
  plan: Plan,
  slot: string,
  rules: readonly ReadyRule[],
  input: () => RuleInput,
  nowMs: number,
  trials: readonly VariantOf[] = NO_TRIALS,
): Effects {
  const bounded = once(() => boundedInput(input()) as Record<string, unknown>);
  const definition = slotFor(plan, slot, trials);
  const pins: Pin[] = [];
  const excludes: { readonly where: Where; readonly rule: string; readonly rank: number }[] = [];
  const weights: { readonly where: Where; readonly rule: string; readonly factor: number }[] = [];
  let strategy: Strategy | undefined;
  let content: string | undefined;
  let ranker: RankerChoice | undefined;
  let rank = 0;
  for (const rule of rules) {
    if (whyNot(rule, bounded, nowMs, trials) !== undefined) continue;
    const { name } = rule;
    for (const action of rule.actions)
      switch (action.do) {
        case 'pin':
          for (const [at, item] of action.items.entries())
            pins.push({ item, place: action.place + at, rule: name, rank });
          break;
        case 'exclude':
          excludes.push({ where: action.where, rule: name, rank });
          break;
        case 'boost':
          weights.push({ where: action.where, rule: name, factor: action.by });
          break;
        case 'bury':
          weights.push({ where: action.where, rule: name, factor: 1 / action.by });
          break;
        case 'strategy':
          strategy ??= action.strategy;
          break;
        case 'content':
          if (Object.hasOwn(definition?.content ?? {}, action.content)) content ??= action.content;
          break;
        case 'ranker':
          ranker ??= action.ranker;
          break;
      }
    rank += 1;
  }
  const verdictsOf = verdictsOn(plan);
  const holds = ({ condition, index }: Where, item: ServedItem, verdicts: Uint8Array) => {
    const known = verdicts[index];
    if (known) return known === YES;
    const verdict = condition.evaluate(boundedInput(itemInput(item)) as Record<string, unknown>, nowMs);
    // What time changes is asked each time.
    if (verdict.changesAt === null) verdicts[index] = verdict.holds ? YES : NO;
    return verdict.holds;
  };
  const accepts = definition?.accepts;
  return {
    pins,
    removedBy: (item, before = Number.POSITIVE_INFINITY) => {
      if (!accepts && excludes.length === 0) return undefined;
      const verdicts = verdictsOf(item);
      if (accepts && before === Number.POSITIVE_INFINITY && !holds(accepts, item, verdicts)) return 'filter';
      for (const { where, rule, rank } of excludes) if (rank < before && holds(where, item, verdicts)) return rule;
      return undefined;
    },
    factorOf: (item) => {
      if (weights.length === 0) return UNWEIGHED;
      const verdicts = verdictsOf(item);
      let weighed: { factor: number; readonly rules: string[] } | undefined;
      for (const { where, rule, factor } of weights) {
        if (!holds(where, item, verdicts)) continue;
        weighed ??= { factor: 1, rules: [] };
        weighed.factor *= factor;
        weighed.rules.push(rule);
      }
      return weighed ?? UNWEIGHED;
    },
    diversity: definition?.diversity ?? 0,
    rearranges: weights.length > 0 || (definition?.diversity ?? 0) > 0,
    strategy,
    content,
    ranker,
    verdicts: () => plan.rules.map((rule) => verdictOf(plan, rule, slot, bounded, nowMs, trials)),
  };
}

/** Why a rule that may hold in a slot does not hold for this visitor now; nothing where it does. */
function whyNot(
  { schedule, when, trial }: ReadyRule,
  input: () => Readonly<Record<string, unknown>>,
  nowMs: number,
  trials: readonly VariantOf[],
): 'other_variant' | 'schedule' | 'condition' | undefined {
  if (trial && !isGiven(trial, trials)) return 'other_variant';
  if (schedule && !isScheduled(schedule, nowMs)) return 'schedule';
  return when === undefined || when.evaluate(input(), nowMs).holds ? undefined : 'condition';
}

/** The same of any rule, with what CEL could not tell. */
function verdictOf(
  { active }: Plan,
  rule: ReadyRule,
  slot: string,
  input: () => Readonly<Record<string, unknown>>,
  nowMs: number,
  trials: readonly VariantOf[],
): RuleVerdict {
  const { name, enabled, slots, when } = rule;
  if (!active) return { rule: name, holds: false, why: 'switched_off' };
  if (!enabled) return { rule: name, holds: false, why: 'disabled' };
  if (slots && !slots.includes(slot)) return { rule: name, holds: false, why: 'other_slot' };
  const why = whyNot(rule, input, nowMs, trials);
  if (why === undefined) return { rule: name, holds: true, why: 'holds' };
  const error = why === 'condition' ? when?.evaluate(input(), nowMs).error : undefined;
  return { rule: name, holds: false, why, ...(error !== undefined && { error }) };
}
