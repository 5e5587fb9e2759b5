import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { z } from 'zod';
import { type Backoff, pauseBefore } from '../../core/http/backoff.ts';
import type { Part } from './parts.ts';

export interface ImportTarget {
  readonly url: string;
  /** The site's secret key. */
  readonly key: string;
  readonly type: string | undefined;
  readonly backoff: Backoff;
  readonly signal?: AbortSignal | undefined;
  /** Hears of each failed try. */
  readonly onRetry?: (reason: string) => void;
}

/** What became of the rows of a part; lines are those of the file. */
export interface PartOutcome {
  readonly accepted: number;
  readonly history: number;
  readonly warnings: number;
  readonly refused: readonly { readonly line: number; readonly code: string; readonly reason: string }[];
}

const refusedSchema = z.object({ refused: z.object({ line: z.int(), code: z.string(), reason: z.string() }) });
const reportSchema = z.object({
  accepted: z.int(),
  history: z.int(),
  warnings: z.int(),
  refused: z.object({ count: z.int() }),
});
const zip = promisify(gzip);

/**
 * Sends a part to `POST /v/import`. It may be sent again as a whole, since each event counts once: so no answer, 429, 5xx and an answer that ends
 * before its report are tried again.
 *
 * @throws on other answers, when the tries are used up, and when `signal` aborts.
 */
export async function sendPart(target: ImportTarget, part: Part): Promise<PartOutcome> {
  const faults = part.faults.map(({ line, reason }) => ({ line, code: 'invalid_row', reason }));
  if (part.rows.length === 0) return { accepted: 0, history: 0, warnings: 0, refused: faults };
  const body = await zip(part.rows.join('\n'), { level: 1 });
  for (let attempt = 0; ; attempt += 1) {
    const sent = await send(target, body);
    if ('outcome' in sent) {
      const own = sent.outcome.refused.map((one) => ({ ...one, line: part.lines[one.line - 1] ?? one.line }));
      return { ...sent.outcome, refused: [...faults, ...own].sort((a, b) => a.line - b.line) };
    }
    if (attempt + 1 >= target.backoff.attempts)
      throw new Error(`${target.url} did not take a part in ${attempt + 1} tries: ${sent.reason}`);
    target.onRetry?.(sent.reason);
    const pauseMs = pauseBefore(attempt, target.backoff, Math.random(), sent.retryAfter, Date.now());
    await sleep(pauseMs, undefined, target.signal ? { signal: target.signal } : undefined);
  }
}

type Sent = { readonly outcome: PartOutcome } | { readonly reason: string; readonly retryAfter: string | null };

async function send({ url, key, type, signal }: ImportTarget, body: Uint8Array<ArrayBuffer>): Promise<Sent> {
  signal?.throwIfAborted();
  const target = new URL(`/v/import${type === undefined ? '' : `?type=${encodeURIComponent(type)}`}`, url);
  let response: Response;
  let text: string;
  try {
    response = await fetch(target, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/x-ndjson',
        'content-encoding': 'gzip',
      },
      body,
      ...(signal && { signal }),
    });
    text = await response.text();
  } catch (error) {
    signal?.throwIfAborted();
    return { reason: String(error instanceof Error ? (error.cause ?? error) : error), retryAfter: null };
  }
  if (response.status === 429 || response.status >= 500)
    return { reason: `HTTP ${response.status}`, retryAfter: response.headers.get('retry-after') };
  if (!response.ok) throw new Error(`POST ${target.pathname}: ${response.status} ${text.slice(0, 500)}`);
  return outcomeOf(text);
}

function outcomeOf(text: string): Sent {
  const lines = text.split('\n').filter(Boolean);
  const report = reportSchema.safeParse(parsed(lines.at(-1)));
  if (!report.success) return { reason: 'the answer ended before its report', retryAfter: null };
  const refused = lines.flatMap((line) => {
    const one = refusedSchema.safeParse(parsed(line));
    // The report names some of them again, in a list.
    return one.success ? [one.data.refused] : [];
  });
  const { accepted, history, warnings } = report.data;
  return { outcome: { accepted, history, warnings, refused } };
}

function parsed(line: string | undefined): unknown {
  try {
    return JSON.parse(line ?? '');
  } catch {
    return undefined;
  }
}
