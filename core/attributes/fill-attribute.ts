import type { EnrichedEvent } from '../events/message.ts';
import type { CompiledAttribute } from './compile-attribute.ts';
import { entryOf, foldedFrom } from './fold-attribute.ts';
import { mergeAttribute } from './merge-attributes.ts';
import type { AttributeStates } from './state.ts';

/** An attribute as history is folded under it: it takes what is older than itself, which nobody has folded yet. */
export function overHistory(attribute: CompiledAttribute): CompiledAttribute {
  const takes = (event: EnrichedEvent) => event.time < attribute.since && attribute.takes(event);
  return { ...attribute, filled: true, takes };
}

/**
 * Gives a ledger's attribute its history, in place: all of the ledger's events that are older than the definition, folded
 * under `overHistory`. What was held is among them. From then on the attribute is what it would be if it had been defined before the first
 * event. Not to be called where it has its history.
 */
export function fillAttribute(states: AttributeStates, attribute: CompiledAttribute, history: AttributeStates): void {
  const entry = entryOf(states, attribute);
  const older = history.get(attribute.name);
  const state =
    older?.version === attribute.version
      ? mergeAttribute(entry.state, older.state, attribute.windowMinutes)
      : entry.state;
  states.set(attribute.name, { version: attribute.version, state, from: 0 });
}

/** Whether a ledger's attribute has the events from before it was defined. */
export function hasHistory(states: AttributeStates, attribute: CompiledAttribute): boolean {
  return foldedFrom(attribute, entryOf(states, attribute)) <= 0;
}
