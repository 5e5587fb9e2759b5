import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import type { EventMessage } from '../../core/events/message.ts';
import { deviceLedger } from '../../core/identity/ledger.ts';
import worker from '../../workers/index.ts';

/** A message of product views by a device, a minute ago. */
export function makeMessage(
  site: string,
  anonymousId: string,
  ids: string[],
  more: Partial<EventMessage> = {},
): EventMessage {
  const time = Date.now() - 60_000;
  return {
    v: 2,
    id: crypto.randomUUID(),
    site,
    ledger: deviceLedger(anonymousId),
    receivedAt: Date.now(),
    client: { device: 'desktop', bot: false },
    events: ids.map((id, index) => ({
      id,
      type: 'product_viewed',
      time: time + index,
      occurredAt: new Date(time).toISOString(),
      fingerprint: 1,
      properties: { product_id: `p-${id}` },
    })),
    ...more,
  };
}

/** Delivers bodies as one batch and says which messages were acked and which are to be retried. */
export async function deliver(bodies: unknown[], testEnv: Env = env, queue = 'vitrine-events') {
  const messages = bodies.map((body, index) => ({ id: `q${index}`, timestamp: new Date(), attempts: 1, body }));
  const batch = createMessageBatch(queue, messages);
  const ctx = createExecutionContext();
  await worker.queue(batch, testEnv);
  const { explicitAcks, retryMessages } = await getQueueResult(batch, ctx);
  return { acked: explicitAcks.sort(), retried: retryMessages.map(({ msgId }) => msgId).sort() };
}
