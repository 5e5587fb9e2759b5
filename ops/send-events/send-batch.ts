import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type Backoff, pauseBefore } from '../../core/http/backoff.ts';

const acceptedSchema = z.object({
  accepted: z.int(),
  rejected: z.array(z.object({ code: z.string() })),
});

/** What the server said to a batch: how many it took, and how many not, by reason code. */
export interface BatchOutcome {
  readonly accepted: number;
  readonly rejected: Readonly<Record<string, number>>;
}

export interface Target {
  readonly url: string;
  readonly key: string;
  readonly backoff: Backoff;
  /** A request without an answer by then is tried again. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Sent with each request, beside key and content type. */
  readonly headers?: () => Readonly<Record<string, string>>;
  /** Hears of each failed try. */
  readonly onRetry?: (reason: string) => void;
}

/**
 * Sends events with `POST /v/events`. No answer, 429 and 5xx are tried again; a batch that is too large goes in halves.
 *
 * @throws on 401, 403 and 404, when the tries are used up, and when `signal` aborts.
 */
export async function sendBatch(target: Target, events: readonly object[]): Promise<BatchOutcome> {
  const body = JSON.stringify({ events });
  for (let attempt = 0; ; attempt += 1) {
    target.signal?.throwIfAborted();
    const response = await post(target, body);
    if (response instanceof Response && response.status < 500 && response.status !== 429) {
      return readAnswer(target, events, response);
    }
    const reason = response instanceof Response ? `HTTP ${response.status}` : response.message;
    const retryAfter = response instanceof Response ? response.headers.get('retry-after') : null;
    if (response instanceof Response) await response.arrayBuffer().catch(() => undefined);
    if (attempt + 1 >= target.backoff.attempts) {
      throw new Error(`${target.url} did not take a batch in ${target.backoff.attempts} tries: ${reason}`);
    }
    target.onRetry?.(reason);
    const pauseMs = pauseBefore(attempt, target.backoff, Math.random(), retryAfter, Date.now());
    await sleep(pauseMs, undefined, target.signal ? { signal: target.signal } : undefined);
  }
}

async function post(target: Target, body: string): Promise<Response | Error> {
  const timeout = AbortSignal.timeout(target.timeoutMs);
  try {
    return await fetch(new URL('/v/events', target.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-vitrine-key': target.key, ...target.headers?.() },
      body,
      signal: target.signal ? AbortSignal.any([timeout, target.signal]) : timeout,
    });
  } catch (error) {
    target.signal?.throwIfAborted();
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return cause instanceof Error ? cause : new Error(String(cause));
  }
}

async function readAnswer(target: Target, events: readonly object[], response: Response): Promise<BatchOutcome> {
  const text = await response.text();
  if (response.status === 202) {
    const { accepted, rejected } = acceptedSchema.parse(JSON.parse(text));
    const byCode: Record<string, number> = {};
    for (const { code } of rejected) byCode[code] = (byCode[code] ?? 0) + 1;
    return { accepted, rejected: byCode };
  }
  if (response.status === 413 && events.length > 1) {
    const half = Math.ceil(events.length / 2);
    const first = await sendBatch(target, events.slice(0, half));
    return addOutcomes(first, await sendBatch(target, events.slice(half)));
  }
  if (response.status === 413 || response.status === 400) {
    return { accepted: 0, rejected: { [`http_${response.status}`]: events.length } };
  }
  throw new Error(`${target.url} answered ${response.status}: ${text.slice(0, 300)}`);
}

function addOutcomes(a: BatchOutcome, b: BatchOutcome): BatchOutcome {
  const rejected: Record<string, number> = { ...a.rejected };
  for (const [code, count] of Object.entries(b.rejected)) rejected[code] = (rejected[code] ?? 0) + count;
  return { accepted: a.accepted + b.accepted, rejected };
}
