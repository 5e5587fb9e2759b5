import { type BoundedCounts, emptyCounts } from './bottom-k.ts';
import type { Choice } from './choices.ts';
import type { InteractionKind } from './interactions.ts';
import type { Said } from './newest.ts';
import type { Registers } from './registers.ts';
import type { SessionInterval } from './session-intervals.ts';
import type { Trait } from './traits.ts';
import type { Touch, Trials } from './trials.ts';

/** Counts of one event-time day (UTC). Category, brand and item count by kind: views, carts, orders. */
export interface DayCounts {
  readonly type: BoundedCounts;
  readonly category: BoundedCounts;
  readonly brand: BoundedCounts;
  readonly item: BoundedCounts;
}

export interface Interaction {
  readonly time: number;
  readonly key: string;
  readonly kind: InteractionKind;
  readonly item: string;
  readonly category?: string | undefined;
}

export interface CartChange {
  readonly time: number;
  readonly key: string;
  readonly item: string;
  /** Positive when added, negative when removed. */
  readonly quantity: number;
}

export interface Order extends Said {
  readonly id: string;
  readonly total?: number | undefined;
  readonly currency?: string | undefined;
  readonly items: readonly string[];
}

/**
 * The live profile of one ledger: a fold over the set of its events that commutes. Counters are integers in event-time
 * buckets, registers are last-writer-wins by (event time, event id), lists are the newest of a set; decay happens on reading.
 */
export interface ProfileState {
  firstAt: number;
  lastAt: number;
  /** Events by type, lifetime. */
  readonly totals: BoundedCounts;
  /** By event-time day (days since 1970). */
  readonly days: Map<number, DayCounts>;
  readonly interactions: Interaction[];
  readonly cart: CartChange[];
  cartClearedAt: number;
  readonly orders: Order[];
  readonly sessions: SessionInterval[];
  /** Sessions that ended too long ago for any accepted event to touch them; they are only counted. */
  closedSessions: number;
  user: (Said & { readonly id: string }) | null;
  readonly traits: Registers<Trait>;
  /** The visitor's own decisions on consent, by purpose. */
  readonly choices: Registers<Choice>;
  /** What he was shown of experiments. */
  readonly trials: Trials;
  /** Clicks on what was recommended, the newest. */
  readonly touches: Touch[];
}

/** A profile without events. */
export function emptyState(): ProfileState {
  return {
    firstAt: 0,
    lastAt: 0,
    totals: emptyCounts(),
    days: new Map(),
    interactions: [],
    cart: [],
    cartClearedAt: 0,
    orders: [],
    sessions: [],
    closedSessions: 0,
    user: null,
    traits: new Map(),
    choices: new Map(),
    trials: new Map(),
    touches: [],
  };
}

/** Counts of a day without events. */
export function emptyDay(): DayCounts {
  return { type: emptyCounts(), category: emptyCounts(), brand: emptyCounts(), item: emptyCounts() };
}
