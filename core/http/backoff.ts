/** How a failed request is tried again. */
export interface Backoff {
  /** Pauses are drawn from 0 … min(cap, base · 2^attempt). */
  readonly baseMs: number;
  readonly capMs: number;
  /** Tries before the replay gives up. */
  readonly attempts: number;
}

/** Range 0–250 ms at first, 0–10 s at most; about two minutes in all. */
export const DEFAULT_BACKOFF: Backoff = { baseMs: 250, capMs: 10_000, attempts: 25 };

/** No server may hold us longer than this with `Retry-After`. */
const RETRY_AFTER_CAP_MS = 60_000;

/**
 * The pause in ms before try `attempt + 1`, with full jitter; never shorter than the answer's `Retry-After` (seconds or a date).
 *
 * @param random A number in 0 … 1.
 */
export function pauseBefore(
  attempt: number,
  backoff: Backoff,
  random: number,
  retryAfter: string | null,
  nowMs: number,
): number {
  const jittered = random * Math.min(backoff.capMs, backoff.baseMs * 2 ** attempt);
  return Math.max(jittered, Math.min(retryAfterMs(retryAfter, nowMs), RETRY_AFTER_CAP_MS));
}

function retryAfterMs(header: string | null, nowMs: number): number {
  if (header === null) return 0;
  const seconds = Number(header);
  if (!Number.isNaN(seconds)) return Math.max(0, seconds * 1_000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? 0 : Math.max(0, date - nowMs);
}
