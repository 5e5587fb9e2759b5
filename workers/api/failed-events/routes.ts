import { Hono } from 'hono';
import { recoverDeadLetters } from '../../../queues/events/recover-dead-letters.ts';
import { QueueUnavailable } from '../../../queues/events/take-events.ts';
import { answer } from '../../http/answer.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { HttpError } from '../../http/error.ts';
import { recoveredSchema } from './operation.ts';

/** `/api/failed-events`: what became of events that could not be used. */
export const failedEventsRoutes = new Hono<ApiContext>().post('/recover', async (c) => {
  try {
    return answer(recoveredSchema, await recoverDeadLetters(c.env, c.get('site').id));
  } catch (cause) {
    if (!(cause instanceof QueueUnavailable)) throw cause;
    throw new HttpError(503, 'The queue does not take messages right now. Ask again.', {
      code: 'queue_unavailable',
      cause: cause.cause,
      headers: { 'retry-after': '5' },
    });
  }
});
