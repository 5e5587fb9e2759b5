import type { ServedItem } from '../catalog/served-item.ts';
import { boundedInput } from '../cel/bounded-input.ts';
import type { VariantOf } from '../decisions/decision.ts';
import type { Strategy } from '../decisions/strategy.ts';
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
  readonly verdicts: readonly RuleVerdict[];
}

export const NO_EFFECTS: Effects = {
  pins: [],
  removedBy: () => undefined,
  factorOf: () => ({ factor: 1, rules: [] }),
  diversity: 0,
  rearranges: false,
  strategy: undefined,
  content: undefined,
  ranker: undefined,
  verdicts: [],
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

/** Whether the plan says anything of a slot: else nobody need ask. */
export function isRuled({ slots, rules }: Plan, slot: string): boolean {
  return slots.has(slot) || rules.some((rule) => rule.slots?.includes(slot) ?? true);
}

/**
 * The effects of a plan on one slot for one visitor, at a time (ms since 1970). Of two rules that choose one thing the first holds.
 *
 * @param trials variants of experiments that the visitor was given.
 */
export function effectsOf(
  plan: Plan,
  slot: string,
  input: RuleInput,
  nowMs: number,
  trials: readonly VariantOf[] = NO_TRIALS,
): Effects {
  const bounded = boundedInput(input) as Record<string, unknown>;
  const definition = slotFor(plan, slot, trials);
  const verdicts = plan.rules.map((rule) => verdictOf(plan, rule, slot, bounded, nowMs, trials));
  const holding = plan.rules.filter((_, at) => verdicts[at]?.holds);
  const actions = holding.flatMap(({ name, actions }, rank) =>
    actions.map((action) => ({ ...action, rule: name, rank })),
  );
  const pins = actions.flatMap((action) =>
    action.do === 'pin'
      ? action.items.map((item, at) => ({ item, place: action.place + at, rule: action.rule, rank: action.rank }))
      : [],
  );
  const excludes = actions.flatMap((action) => (action.do === 'exclude' ? [action] : []));
  const weights = actions.flatMap((action) => (action.do === 'boost' || action.do === 'bury' ? [action] : []));
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
      return excludes.find(({ where, rank }) => rank < before && holds(where, item, verdicts))?.rule;
    },
    factorOf: (item) => {
      const verdicts = verdictsOf(item);
      const rules: string[] = [];
      let factor = 1;
      for (const { do: how, where, by, rule } of weights) {
        if (!holds(where, item, verdicts)) continue;
        factor = how === 'boost' ? factor * by : factor / by;
        rules.push(rule);
      }
      return { factor, rules };
    },
    diversity: definition?.diversity ?? 0,
    rearranges: weights.length > 0 || (definition?.diversity ?? 0) > 0,
    strategy: actions.flatMap((action) => (action.do === 'strategy' ? [action.strategy] : []))[0],
    content: actions
      .flatMap((action) => (action.do === 'content' ? [action.content] : []))
      .find((name) => Object.hasOwn(definition?.content ?? {}, name)),
    ranker: actions.flatMap((action) => (action.do === 'ranker' ? [action.ranker] : []))[0],
    verdicts,
  };
}

function verdictOf(
  { active }: Plan,
  { name, enabled, slots, schedule, when, trial }: ReadyRule,
  slot: string,
  input: Readonly<Record<string, unknown>>,
  nowMs: number,
  trials: readonly VariantOf[],
): RuleVerdict {
  if (!active) return { rule: name, holds: false, why: 'switched_off' };
  if (!enabled) return { rule: name, holds: false, why: 'disabled' };
  if (slots && !slots.includes(slot)) return { rule: name, holds: false, why: 'other_slot' };
  if (trial && !isGiven(trial, trials)) return { rule: name, holds: false, why: 'other_variant' };
  if (schedule && !isScheduled(schedule, nowMs)) return { rule: name, holds: false, why: 'schedule' };
  const verdict = when?.evaluate(input, nowMs);
  if (!verdict || verdict.holds) return { rule: name, holds: true, why: 'holds' };
  const { error } = verdict;
  return error === undefined
    ? { rule: name, holds: false, why: 'condition' }
    : { rule: name, holds: false, why: 'condition', error };
}
