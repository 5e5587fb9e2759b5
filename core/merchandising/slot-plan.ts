import type { Strategy } from '../decisions/strategy.ts';
import type { Plan } from './compile.ts';
import { RuleIndex } from './rule-index.ts';

/** What a plan says of one slot, whoever looks at it. */
export interface SlotPlan {
  /** Whether it says anything: else nobody need ask. */
  readonly isRuled: boolean;
  /** Rules that may hold there; none while rules are switched off. */
  readonly rules: RuleIndex;
  /** Strategies that a variant may choose. */
  readonly strategies: readonly Strategy[];
}

/** Slots whose part is held of a plan; names of slots that nobody has defined come from outside. */
const MAX_SLOTS = 500;
const held = new WeakMap<Plan, Map<string, SlotPlan>>();

/** What a plan says of a slot; worked out once. */
export function slotPlan(plan: Plan, slot: string): SlotPlan {
  let bySlot = held.get(plan);
  if (!bySlot) {
    bySlot = new Map();
    held.set(plan, bySlot);
  }
  const known = bySlot.get(slot);
  if (known) return known;
  const made = make(plan, slot);
  if (bySlot.size >= MAX_SLOTS) bySlot.clear();
  bySlot.set(slot, made);
  return made;
}

function make({ active, slots, rules, variants }: Plan, slot: string): SlotPlan {
  const own = rules.filter((rule) => rule.slots?.includes(slot) ?? true);
  const able = active ? own.filter(({ enabled }) => enabled) : [];
  const changed = variants.flatMap(({ changes }) => (Object.hasOwn(changes, slot) && changes[slot]?.strategies) || []);
  return {
    isRuled: slots.has(slot) || own.length > 0,
    rules: new RuleIndex(able),
    strategies: changed,
  };
}
