import { eventMessageSchema } from '../../core/events/message.ts';
import { nameOf, storeFailedEvents } from '../../workers/failed-events/store-failed.ts';
import { log } from '../../workers/http/log.ts';
import { siteIn } from '../events/consumer.ts';
import { retryDelaySeconds } from '../events/retry-delay.ts';

/** The consumer of `vitrine-events-dead`: what could not be consumed is kept as failed, whole, so that it can be replayed. */
export async function consumeDeadLetters(batch: MessageBatch, env: Env): Promise<void> {
  for (const message of batch.messages) {
    const body = eventMessageSchema.safeParse(message.body);
    const failed = {
      reason: 'dead_letter',
      message: 'Every delivery of this message failed.',
      ...nameOf(message.body),
      ...(body.success && { type: body.data.events[0]?.type, eventId: body.data.events[0]?.id }),
      payload: message.body,
    };
    try {
      await storeFailedEvents(env, siteIn(message.body), message.timestamp.getTime(), [failed]);
      message.ack();
    } catch (error) {
      log('dead_letter_not_stored', { error: String(error) });
      message.retry({ delaySeconds: retryDelaySeconds(message.attempts, Math.random()) });
    }
  }
}
