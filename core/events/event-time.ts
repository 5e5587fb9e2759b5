import { MINUTE_MS } from '../time.ts';

/** A client clock that differs from ours by less than this is believed as it is: network time is not skew. */
const SKEW_TOLERANCE_MS = MINUTE_MS;

/**
 * The event's time on our clock, in ms since 1970.
 *
 * With `sentAt` the client's clock error is known to the length of the upload: when it exceeds the tolerance, the event is
 * moved by it, in whole minutes so that a retry of the same event lands on the same time. Nothing may come from the future:
 * what still does is set to the time of arrival.
 */
export function correctedTime(occurredAtMs: number, sentAtMs: number | undefined, receivedAtMs: number): number {
  const skewMs = sentAtMs === undefined ? 0 : receivedAtMs - sentAtMs;
  const correctionMs = Math.abs(skewMs) < SKEW_TOLERANCE_MS ? 0 : Math.round(skewMs / MINUTE_MS) * MINUTE_MS;
  return Math.min(occurredAtMs + correctionMs, receivedAtMs);
}
