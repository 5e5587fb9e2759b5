import type { EnrichedEvent } from '../events/message.ts';
import type { Aggregate } from './definition.ts';
import { type DistinctValues, emptyValues } from './distinct-values.ts';
import { emptyTotals, type MinuteTotals } from './minute-totals.ts';

/** A single value as an event holds it. */
export type Scalar = string | number | boolean;

/** The value of the newest event by (event time, event id); the id is '' without events. */
export interface LastValue {
  /** ms since 1970 */
  newestAt: number;
  key: string;
  value: Scalar;
}

/**
 * What is stored of an attribute: a fold over the set of its events that commutes and merges. Totals are those of a count or, in
 * 1/10,000, of a sum.
 */
export type AttributeState =
  | { readonly kind: 'totals'; readonly totals: MinuteTotals }
  | { readonly kind: 'distinct'; readonly values: DistinctValues }
  | { readonly kind: 'last'; readonly last: LastValue };

/** The state of an attribute without events. */
export function emptyAttribute(aggregate: Aggregate): AttributeState {
  if (aggregate === 'distinct') return { kind: 'distinct', values: emptyValues() };
  if (aggregate === 'last') return { kind: 'last', last: { newestAt: 0, key: '', value: '' } };
  return { kind: 'totals', totals: emptyTotals() };
}

/** Time of the newest event in the state, ms since 1970; 0 without events. */
export function newestAt(state: AttributeState): number {
  if (state.kind === 'totals') return state.totals.newestAt;
  return state.kind === 'distinct' ? state.values.newestAt : state.last.newestAt;
}

/** What a ledger holds of an attribute. */
export interface AttributeEntry {
  /** The version of the definition that it was folded under. */
  readonly version: number;
  readonly state: AttributeState;
  /** The ledger's events from then on are in the state, ms since 1970; else those since the definition's own time. */
  readonly from?: number | undefined;
  /** Events of before, which came while history is being filled in: they are in what is filled in, or are folded after it. */
  readonly held?: readonly EnrichedEvent[] | undefined;
}

/** The attributes of a ledger by name. */
export type AttributeStates = Map<string, AttributeEntry>;
