import { MINUTE_MS } from '../time.ts';

export const MINUTES_PER_HOUR = 60;

/** What attributes hold at most; each cap is a function of the set of events, never of the order in which they came. */
export const ATTRIBUTE_CAPS = {
  /** Attributes of a site. */
  perSite: 32,
  /** Event types that one attribute reads. */
  eventTypes: 16,
  /** Longest window. */
  windowMinutes: 90 * 24 * 60,
  /** Minutes with events that a count or sum keeps apart, the newest; older ones are kept by the hour. */
  minutes: 512,
  /** Values that a distinct count keeps apart, those seen last; beyond, it is estimated. */
  distinctValues: 256,
  /** Largest amount that a sum takes, either sign; an event with a larger one is left out. */
  amount: 100_000_000_000,
  /** Events of an attribute that a ledger holds while its history is filled in, the newest. */
  heldEvents: 200,
  /** Characters of a text that `last` keeps. */
  textLength: 256,
} as const;

/** The minute of a time (minutes since 1970). */
export function minuteOf(timeMs: number): number {
  return Math.floor(timeMs / MINUTE_MS);
}
