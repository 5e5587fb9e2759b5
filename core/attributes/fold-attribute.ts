import type { EnrichedEvent } from '../events/message.ts';
import { scaledAmount } from './amount.ts';
import type { CompiledAttribute } from './compile-attribute.ts';
import { addValue, type DistinctValues, pruneValues } from './distinct-values.ts';
import { ATTRIBUTE_CAPS, minuteOf } from './limits.ts';
import { addTotal, type MinuteTotals, pruneTotals } from './minute-totals.ts';
import {
  type AttributeEntry,
  type AttributeState,
  type AttributeStates,
  emptyAttribute,
  type LastValue,
  type Scalar,
} from './state.ts';
import { valueHash } from './value-hash.ts';

/**
 * Folds one event into the attributes that take it, in place. The caller has made sure that the event was not folded before. Any
 * order of the same set of events gives the same states; a late event lands in its own minute. A state of an older version of its
 * definition begins anew. What is older than its attribute, whose history is not filled in yet, is held. Returns whether a state changed.
 */
export function foldAttributes(
  states: AttributeStates,
  attributes: readonly CompiledAttribute[],
  event: EnrichedEvent,
): boolean {
  let changed = false;
  for (const attribute of attributes) {
    if (!attribute.takes(event)) continue;
    const entry = entryOf(states, attribute);
    if (event.time < foldedFrom(attribute, entry)) {
      states.set(attribute.name, { ...entry, held: heldWith(entry.held ?? [], event) });
      continue;
    }
    if (!foldAttribute(entry.state, attribute, event)) continue;
    states.set(attribute.name, entry);
    changed = true;
  }
  return changed;
}

/** What a ledger holds of an attribute in its present version, or the beginning of it. */
export function entryOf(states: AttributeStates, { name, version, aggregate }: CompiledAttribute): AttributeEntry {
  const known = states.get(name);
  return known?.version === version ? known : { version, state: emptyAttribute(aggregate) };
}

/** From when on the events of a ledger are in the state of an attribute, ms since 1970. */
export function foldedFrom({ since, filled }: CompiledAttribute, { from }: Pick<AttributeEntry, 'from'>): number {
  return filled ? Number.NEGATIVE_INFINITY : (from ?? since);
}

/** Whether events are held that nothing more will be filled in for. */
export function holdsFilled(states: AttributeStates, attributes: readonly CompiledAttribute[]): boolean {
  return attributes.some((attribute) => attribute.filled && entryOf(states, attribute).held !== undefined);
}

/** Folds what was held of attributes whose history is filled in everywhere, in place. */
export function foldHeld(states: AttributeStates, attributes: readonly CompiledAttribute[]): void {
  for (const attribute of attributes) {
    const { version, state, held } = entryOf(states, attribute);
    if (!attribute.filled || held === undefined) continue;
    for (const event of held) foldAttribute(state, attribute, event);
    states.set(attribute.name, { version, state });
  }
}

/** The newest of what is held. */
function heldWith(held: readonly EnrichedEvent[], event: EnrichedEvent): readonly EnrichedEvent[] {
  return [...held, event].sort((a, b) => b.time - a.time || (a.id < b.id ? -1 : 1)).slice(0, ATTRIBUTE_CAPS.heldEvents);
}

/** Forgets the states whose definition is gone or has another version, in place. */
export function forgetUndefined(states: AttributeStates, attributes: readonly CompiledAttribute[]): void {
  const versions = new Map(attributes.map(({ name, version }) => [name, version]));
  for (const [name, { version }] of states) if (versions.get(name) !== version) states.delete(name);
}

function foldAttribute(state: AttributeState, attribute: CompiledAttribute, event: EnrichedEvent): boolean {
  const { aggregate, windowMinutes } = attribute;
  if (state.kind === 'totals') {
    const amount = aggregate === 'count' ? 1n : scaledAmount(attribute.valueOf(event));
    if (amount === undefined) return false;
    foldTotal(state.totals, windowMinutes, event.time, amount);
    return true;
  }
  const value = scalarOf(attribute.valueOf(event));
  if (value === undefined) return false;
  if (state.kind === 'distinct') foldValue(state.values, windowMinutes, event.time, String(value));
  else foldLast(state.last, { newestAt: event.time, key: event.id, value });
  return true;
}

function foldTotal(totals: MinuteTotals, windowMinutes: number, time: number, amount: bigint): void {
  totals.newestAt = Math.max(totals.newestAt, time);
  addTotal(totals, minuteOf(time), amount);
  pruneTotals(totals, windowMinutes);
}

function foldValue(values: DistinctValues, windowMinutes: number, time: number, value: string): void {
  values.newestAt = Math.max(values.newestAt, time);
  pruneValues(values, windowMinutes);
  if (minuteOf(time) > minuteOf(values.newestAt) - windowMinutes) addValue(values, valueHash(value), minuteOf(time));
}

function foldLast(last: LastValue, candidate: LastValue): void {
  if (isNewer(candidate, last)) Object.assign(last, candidate);
}

/** Last writer by (event time, event id). */
export function isNewer(a: LastValue, b: LastValue): boolean {
  return a.newestAt > b.newestAt || (a.newestAt === b.newestAt && a.key > b.key);
}

function scalarOf(value: unknown): Scalar | undefined {
  if (typeof value === 'string') return value.slice(0, ATTRIBUTE_CAPS.textLength);
  if (typeof value === 'boolean') return value;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
