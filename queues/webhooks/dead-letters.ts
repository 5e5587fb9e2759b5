import { webhookMessageSchema } from '../../core/webhooks/message.ts';
import { log } from '../../stores/log.ts';
import { storeFailure } from '../../stores/webhooks/failures.ts';
import { DEAD_LETTER_CAP_SECONDS, retryLater } from '../retry-later.ts';

/** The consumer of `vitrine-webhooks-dead`: what no retry could deliver is kept, and can be sent again. */
export async function consumeDeadWebhooks(batch: MessageBatch, env: Env): Promise<void> {
  for (const message of batch.messages) {
    const body = webhookMessageSchema.safeParse(message.body);
    try {
      if (body.success) await storeFailure(env, body.data);
      message.ack();
    } catch (error) {
      log('webhook_failure_not_stored', { error: String(error) });
      retryLater(message, DEAD_LETTER_CAP_SECONDS);
    }
  }
}
