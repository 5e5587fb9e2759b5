import { z } from 'zod';
import type { StoredMessage } from './message-log.ts';

/** `handled`: the consumer ran or died while it did; the map holds the messages to deliver again and after how long. */
export type Delivery =
  | { readonly kind: 'handled'; readonly retryAfterMs: ReadonlyMap<string, number> }
  | { readonly kind: 'unreachable' };

const resultSchema = z.object({
  outcome: z.string(),
  ackAll: z.boolean(),
  retryBatch: z.object({ retry: z.boolean(), delaySeconds: z.number().optional() }),
  explicitAcks: z.array(z.string()),
  retryMessages: z.array(z.object({ msgId: z.string(), delaySeconds: z.number().optional() })),
});

/**
 * Delivers a batch to the Worker's queue handler and reads what became of each message. An error, a dead consumer or no answer
 * in `timeoutMs` fails the whole batch, save what the handler acked; when nobody listens the batch was not delivered at all.
 */
export async function deliver(
  url: string,
  queue: string,
  batch: readonly StoredMessage[],
  timeoutMs: number,
): Promise<Delivery> {
  const messages = batch.map(({ id, timestampMs, attempts, contentType, body }) => ({
    id,
    timestampMs,
    attempts: attempts + 1,
    contentType,
    body,
  }));
  const all = (delayMs: number): Delivery => ({
    kind: 'handled',
    retryAfterMs: new Map(batch.map(({ id }) => [id, delayMs])),
  });
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: JSON.stringify({ queue, messages }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const parsed = resultSchema.safeParse(await response.json().catch(() => undefined));
    if (!response.ok || !parsed.success) return all(0);
    const { outcome, retryBatch, explicitAcks, retryMessages } = parsed.data;
    const acked = new Set(explicitAcks);
    const retried = new Map(retryMessages.map(({ msgId, delaySeconds = 0 }) => [msgId, delaySeconds * 1_000]));
    const failed = outcome !== 'ok' || retryBatch.retry;
    const retryAfterMs = new Map<string, number>();
    for (const { id } of batch) {
      const delayMs = retried.get(id);
      if (delayMs !== undefined) retryAfterMs.set(id, delayMs);
      else if (failed && !acked.has(id)) retryAfterMs.set(id, (retryBatch.delaySeconds ?? 0) * 1_000);
    }
    return { kind: 'handled', retryAfterMs };
  } catch (error) {
    return isRefused(error) ? { kind: 'unreachable' } : all(0);
  }
}

function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
}
