import { z } from 'zod';
import { eventMessageSchema, messageText } from '../../core/events/message.ts';
import { erasePayloads } from '../../stores/failed-events/erase-payloads.ts';
import { payloadAt } from '../../stores/failed-events/payloads.ts';
import { log } from '../../stores/log.ts';
import { QueueUnavailable } from './take-events.ts';

/** Messages of one call; whoever has more asks again. */
const PER_CALL = 200;

const rows = z.array(z.object({ id: z.string(), time: z.int(), payload: z.string() }));

/**
 * Hands the dead letters of a site to the queue again, and forgets each once the queue has it. A message owns its events' effects by its
 * id, so one that comes twice counts once. What cannot be read stays where it is.
 *
 * @throws {QueueUnavailable}
 */
export async function recoverDeadLetters(
  env: Env,
  site: string,
): Promise<{ readonly recovered: number; readonly done: boolean }> {
  const { results } = await env.DB.prepare(
    "SELECT id, time, payload FROM failed_events WHERE site = ? AND reason = 'dead_letter' ORDER BY time, id LIMIT ?",
  )
    .bind(site, PER_CALL)
    .all();
  const letters = rows.parse(results);
  let recovered = 0;
  for (const { id, time, payload } of letters) {
    const message = eventMessageSchema.safeParse(await payloadAt(env, payload));
    if (!message.success || message.data.site !== site) {
      log('dead_letter_unreadable', { site, id });
      await env.DB.prepare(
        "UPDATE failed_events SET reason = 'unreadable_message' WHERE site = ? AND time = ? AND id = ?",
      )
        .bind(site, time, id)
        .run();
      continue;
    }
    try {
      await env.EVENTS.send(messageText(message.data), { contentType: 'text' });
    } catch (cause) {
      throw new QueueUnavailable('the queue does not take messages', { cause });
    }
    // First the payload: a crash between leaves a row that leads nowhere, and nothing of a person that no row leads to.
    await erasePayloads(env, [payload]);
    await env.DB.prepare('DELETE FROM failed_events WHERE site = ? AND time = ? AND id = ?').bind(site, time, id).run();
    recovered += 1;
  }
  return { recovered, done: letters.length < PER_CALL };
}
