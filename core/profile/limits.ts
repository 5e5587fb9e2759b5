import { MAX_TRAITS } from '../events/imported-traits.ts';
import { MINUTE_MS } from '../time.ts';

/** A pause longer than this ends a session. */
export const SESSION_GAP_MS = 30 * MINUTE_MS;
/** How long the broker may hold a message back, on top of the dedup horizon: Cloudflare Queues keep one at most 14 days. */
export const QUEUE_RETENTION_DAYS = 14;

/** What a profile holds at most (the invariant "nothing grows without bound"); each cap is a function of the set of events. */
export const PROFILE_CAPS = {
  /** Newest interactions with products, by event time. */
  interactions: 100,
  /** Newest cart changes since the last order. */
  cartChanges: 100,
  /** Newest clicks on recommendations. */
  touches: 50,
  /** Newest orders. */
  orders: 20,
  /** Days with counts by category, brand and item, back from the newest event. */
  days: 30,
  /** Distinct event types with a lifetime total of their own; the rest counts under "other". */
  types: 64,
  /** Distinct keys a day and dimension; the rest counts under "other". */
  keysPerDay: { type: 48, category: 32, brand: 32, item: 64 },
  /** Traits by name; beyond it a sample of the names. */
  traits: MAX_TRAITS,
  /** Items of one session that go to the session index. */
  sessionItems: 20,
  /** Events of a ledger inside the dedup horizon; what exceeds it is refused as over quota. */
  ledgerEvents: 200_000,
} as const;
