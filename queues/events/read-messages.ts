import { type EventMessage, eventMessageSchema, isNewerMessage, messageIn, siteIn } from '../../core/events/message.ts';
import { WorkSlice } from '../../core/work-slice.ts';
import { breathe } from '../../stores/breathe.ts';
import { keepFailed } from '../../stores/failed-events/keep-failed.ts';
import { log } from '../../stores/log.ts';
import { retryLater } from '../retry-later.ts';

/** After a deploy, an object or consumer of the old build may meet what the new one wrote: the new one takes it then. */
const NEWER_BUILD_SECONDS = 30;
/** Events that are parsed before requests run. */
const SLICE_EVENTS = 100;

/** A message of a batch with its parsed body. */
export interface ReadMessage {
  readonly message: Message;
  readonly body: EventMessage;
}

/** The messages of a batch that can be read. Those of a newer build are left to it; what nobody can read is kept as failed. */
export async function readMessages(batch: MessageBatch, env: Env): Promise<ReadMessage[]> {
  const read: ReadMessage[] = [];
  const slice = new WorkSlice(SLICE_EVENTS, breathe);
  for (const message of batch.messages) {
    const said = messageIn(message.body);
    const body = eventMessageSchema.safeParse(said);
    if (body.success) read.push({ message, body: body.data });
    else if (isNewerMessage(said)) message.retry({ delaySeconds: NEWER_BUILD_SECONDS });
    else await keepUnreadable(message, said, body.error.message, env);
    if (slice.spend(body.data?.events.length ?? 1)) await slice.pause();
  }
  return read;
}

/** A body that does not parse will not parse next time: it is kept as failed and acked, so that it spoils no neighbour. */
async function keepUnreadable(message: Message, payload: unknown, reason: string, env: Env): Promise<void> {
  try {
    const failed = [{ reason: 'unreadable_message', message: reason, payload }];
    await keepFailed(env, { site: siteIn(payload), time: message.timestamp.getTime(), failed });
    message.ack();
  } catch (error) {
    log('unreadable_not_stored', { error: String(error) });
    retryLater(message);
  }
}
