import { DAY_MS } from '../time.ts';

/** What of a ledger's object comes due by itself; times are ms since 1970. */
export interface Duties {
  readonly now: number;
  /** Newest event time of the oldest page of remembered ids; nothing when there is no page. */
  readonly oldestPageMs: number | undefined;
  /** How long ids are remembered past their event's time. */
  readonly retentionMs: number;
  readonly expiresAt: number;
  /** When a segment changes if nothing happens. */
  readonly nextChangeAt: number | null;
  /** Whether transitions wait to be handed on. */
  readonly outboxWaits: boolean;
  /** Whether events wait to be followed, since nobody could say what is defined. */
  readonly eventsWait: boolean;
}

/** What could not be done is tried again after this time. */
export const RETRY_MS = 10_000;

/** When the alarm has something to do next, ms since 1970: upkeep at most once a day, what has a moment of its own at that moment. */
export function nextDuty({
  now,
  oldestPageMs,
  retentionMs,
  expiresAt,
  nextChangeAt,
  outboxWaits,
  eventsWait,
}: Duties): number {
  if (outboxWaits) return now;
  const retry = eventsWait ? now + RETRY_MS : Number.POSITIVE_INFINITY;
  const forget = oldestPageMs === undefined ? Number.POSITIVE_INFINITY : oldestPageMs + retentionMs + DAY_MS;
  const upkeep = Math.max(now + DAY_MS, Math.min(forget, expiresAt + DAY_MS));
  return Math.min(retry, upkeep, nextChangeAt ?? upkeep);
}

/** When a profile that nothing comes for is forgotten; one without any event counts from now. */
export function expiresAt(lastAt: number, ttlMs: number, now: number): number {
  return (lastAt || now) + ttlMs;
}
