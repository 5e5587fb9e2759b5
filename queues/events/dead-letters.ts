import { messageIn, siteIn } from '../../core/events/message.ts';
import { keepFailed } from '../../stores/failed-events/keep-failed.ts';
import { log } from '../../stores/log.ts';
import { noteDeadLetter } from '../../stores/pulse/gather-pulse.ts';
import { DEAD_LETTER_CAP_SECONDS, retryLater } from '../retry-later.ts';

/** The consumer of `vitrine-events-dead`: what could not be consumed is kept as failed, whole, so that it can be replayed. */
export async function consumeDeadLetters(batch: MessageBatch, env: Env): Promise<void> {
  for (const message of batch.messages) {
    const payload = messageIn(message.body);
    const failed = { reason: 'dead_letter', message: 'Every delivery of this message failed.', payload };
    try {
      const site = siteIn(payload);
      await keepFailed(env, { site, time: message.timestamp.getTime(), failed: [failed] });
      message.ack();
      noteDeadLetter(env, site);
    } catch (error) {
      log('dead_letter_not_stored', { error: String(error) });
      retryLater(message, DEAD_LETTER_CAP_SECONDS);
    }
  }
}
