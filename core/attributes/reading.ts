/** What an attribute says at a moment. */
export interface Reading {
  /** Counts are bigint, sums are decimals, `last` is what the event said; nothing when no event lies in the window. */
  readonly value: bigint | number | string | boolean | undefined;
  /** Whether the value is exact; else a cap was reached inside the window. */
  readonly exact: boolean;
  /** The earliest minute at which an event leaves the window, if nothing else happens; null when the window is empty. */
  readonly changesAtMinute: number | null;
}

/** A window without events. */
export const NOTHING: Reading = { value: undefined, exact: true, changesAtMinute: null };
