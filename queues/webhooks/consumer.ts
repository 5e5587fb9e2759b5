import { type WebhookMessage, webhookMessageSchema } from '../../core/webhooks/message.ts';
import { log } from '../../stores/log.ts';
import { storeFailure } from '../../stores/webhooks/failures.ts';
import { disableWebhook, listWebhooks } from '../../stores/webhooks/webhooks.ts';
import { retryLater } from '../retry-later.ts';
import { deliver } from './deliver.ts';

/**
 * The consumer of `vitrine-webhooks`. A message for all is shared out, one for each webhook; one for a webhook is sent there. All of a
 * batch at once, each within its own time limit, so that a slow receiver holds up nobody. At least once: receivers know a message by its id.
 */
export async function consumeWebhooks(batch: MessageBatch, env: Env): Promise<void> {
  await Promise.all(batch.messages.map((message) => consumeOne(message, env)));
}

async function consumeOne(message: Message, env: Env): Promise<void> {
  const body = webhookMessageSchema.safeParse(message.body);
  if (!body.success) {
    log('webhook_unreadable', { error: body.error.message });
    message.ack();
    return;
  }
  try {
    const done = body.data.webhook === undefined ? await shareOut(env, body.data) : await send(env, body.data);
    if (done) message.ack();
    else retryLater(message);
  } catch (error) {
    log('webhook_failed', { site: body.data.site, error: String(error) });
    retryLater(message);
  }
}

async function shareOut(env: Env, message: WebhookMessage): Promise<boolean> {
  const webhooks = await listWebhooks(env, message.site);
  const told = webhooks.filter(
    ({ types, purpose, disabled }) =>
      disabled === null && types.includes(message.type) && !message.refused.includes(purpose),
  );
  if (told.length > 0) await env.WEBHOOKS.sendBatch(told.map(({ id }) => ({ body: { ...message, webhook: id } })));
  return true;
}

/** Whether nothing is left to do for this message. */
async function send(env: Env, message: WebhookMessage): Promise<boolean> {
  const webhook = (await listWebhooks(env, message.site)).find(({ id }) => id === message.webhook);
  if (!webhook || webhook.disabled !== null) return true;
  const delivery = await deliver(env, webhook, message, new Date());
  if (delivery.kind === 'delivered') return true;
  log('webhook_not_delivered', { site: message.site, webhook: webhook.id, kind: delivery.kind, why: delivery.why });
  if (delivery.kind === 'retry') return false;
  if (delivery.kind === 'gone') await disableWebhook(env, message.site, webhook.id, delivery.why);
  await storeFailure(env, message);
  return true;
}
