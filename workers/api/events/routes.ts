import { Hono } from 'hono';
import { traceOf } from '../../../core/events/trace.ts';
import { DAY_MS } from '../../../core/time.ts';
import { listFailed } from '../../../stores/failed-events/read-failed.ts';
import { findEvent } from '../../../stores/lake/find-event.ts';
import { answer } from '../../http/answer.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { HttpError } from '../../http/error.ts';
import { toldEvent } from '../users/told-event.ts';
import { tracedSchema } from './operation.ts';

/** Failures of one event that are told. */
const MAX_FAILED = 20;

/** `/api/events/:id`: what became of an event of the last day. */
export const eventRoutes = new Hono<ApiContext>().get('/:id', async (c) => {
  const site = c.get('site').id;
  const id = c.req.param('id');
  const now = Date.now();
  const [found, failed] = await Promise.all([
    findEvent(c.env, site, id, now),
    listFailed(c.env, site, { eventId: id }, { time: now - DAY_MS, id: '' }, MAX_FAILED),
  ]);
  if (!found && failed.length === 0)
    throw new HttpError(404, `No event "${id}" has come within the last day, or it is under way still.`, {
      code: 'unknown_event',
    });
  return answer(tracedSchema, {
    id,
    trace: found ? traceOf(found.event.messageId) : null,
    ...(found && { event: toldEvent(found.event), object: found.key }),
    failed: failed.map(({ reason, path, time }) => ({ reason, path, failedAt: new Date(time).toISOString() })),
  });
});
