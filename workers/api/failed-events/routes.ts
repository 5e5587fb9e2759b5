import { Hono } from 'hono';
import { holdsMask, MASK, maskedFaults } from '../../../core/schemas/json/personal.ts';
import { maskEvent, typesIn } from '../../../core/schemas/mask-event.ts';
import { recoverDeadLetters } from '../../../queues/events/recover-dead-letters.ts';
import { retryFailed } from '../../../queues/events/retry-failed.ts';
import { QueueUnavailable } from '../../../queues/events/take-events.ts';
import { payloadsAt } from '../../../stores/failed-events/payloads.ts';
import { failedCauses, listFailed } from '../../../stores/failed-events/read-failed.ts';
import { readPersonalPlaces } from '../../../stores/schemas/personal-places.ts';
import { answer } from '../../http/answer.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { auditOf } from '../../http/audit.ts';
import { mustPermit } from '../../http/authorize.ts';
import { checkedQuery } from '../../http/checked-query.ts';
import { HttpError } from '../../http/error.ts';
import { readJson } from '../../http/read-json.ts';
import {
  causesQuerySchema,
  causesSchema,
  failedQuerySchema,
  failedSchema,
  recoveredSchema,
  retriedSchema,
  retrySchema,
} from './operation.ts';

const MAX_CAUSES = 200;
/** Two hundred events of 32 KB, as JSON. */
const MAX_BODY_BYTES = 8_000_000;
const BEGINNING = '0.';

/** `/api/failed-events`: what became of events that could not be used. */
export const failedEventsRoutes = new Hono<ApiContext>()
  .get('/', async (c) => {
    const { id, limit, personal, cursor = BEGINNING, ...filter } = checkedQuery(failedQuerySchema, c.req.query());
    const site = c.get('site');
    const rows = await listFailed(c.env, site.id, { ...filter, eventId: id }, placeOf(cursor), limit);
    const payloads = await payloadsAt(
      c.env,
      rows.map(({ place }) => place),
    );
    if (personal === '1') {
      mustPermit(site, 'people:read');
      await auditOf(c, 'personal.read', 'failed-events', { ...filter, id, events: rows.length }).run();
    }
    const types = rows.flatMap(({ place }) => typesIn(payloads.get(place)?.payload));
    const placesOf = personal === '1' ? undefined : await readPersonalPlaces(c.env, site.id, types);
    const events = rows.map((row) => {
      const held = payloads.get(row.place) ?? { message: '', payload: null };
      const payload = placesOf ? maskEvent(held.payload, placesOf) : held.payload;
      const message = placesOf ? maskedFaults(held.message, placesOf(row.type ?? '')) : held.message;
      const { reason, path, type, eventId, byServer, schemaVersion, time } = row;
      const failedAt = new Date(time).toISOString();
      return {
        key: keyOf(row),
        failedAt,
        reason,
        path,
        message,
        type,
        id: eventId,
        byServer,
        schemaVersion,
        event: payload,
      };
    });
    return answer(failedSchema, { events, next: rows.length < limit ? null : (events.at(-1)?.key ?? null) });
  })
  .get('/causes', async (c) => {
    const filter = checkedQuery(causesQuerySchema, c.req.query());
    return answer(causesSchema, { causes: await failedCauses(c.env, c.get('site').id, filter, MAX_CAUSES) });
  })
  .post('/retry', async (c) => {
    const { events, ...how } = await readJson(c.req.raw, retrySchema, {
      maxBytes: MAX_BODY_BYTES,
      code: 'invalid_body',
      expected: 'The body must be { "dryRun"?, "history"?, "events": [{ "key", "event"? }] }, at most 200 of them.',
    });
    const retries = events.map(({ key, event }) => ({ ...placeOf(key), ...(event !== undefined && { event }) }));
    if (events.some(({ event }) => holdsMask(event)))
      throw new HttpError(
        400,
        `An event holds "${MASK}": it was read without its personal values. Read it with ?personal=1, or leave "event" out to send it in again as it came.`,
        { code: 'masked_event' },
      );
    const outcomes = await queued(() => retryFailed(c.env, c.get('site'), retries, how));
    const types = outcomes.flatMap((outcome) => (typeof outcome === 'string' ? [] : outcome.type));
    const placesOf = await readPersonalPlaces(c.env, c.get('site').id, types);
    return answer(retriedSchema, {
      events: outcomes.map((outcome, index) => {
        const key = events[index]?.key ?? '';
        if (typeof outcome === 'string') return { key, outcome };
        const { code, message, type } = outcome;
        return { key, outcome: 'refused' as const, code, message: maskedFaults(message, placesOf(type)) };
      }),
    });
  })
  .post('/recover', async (c) =>
    answer(recoveredSchema, await queued(() => recoverDeadLetters(c.env, c.get('site').id))),
  );

/** The key of a failed event: when it failed, and its name there. */
function keyOf({ time, id }: { readonly time: number; readonly id: string }): string {
  return `${time}.${id}`;
}

function placeOf(key: string): { readonly time: number; readonly id: string } {
  const dot = key.indexOf('.');
  const time = Number(key.slice(0, dot));
  if (dot < 1 || !Number.isSafeInteger(time))
    throw new HttpError(400, 'cursor: expected what an earlier page answered as "next".', { code: 'invalid_query' });
  return { time, id: key.slice(dot + 1) };
}

async function queued<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    if (!(cause instanceof QueueUnavailable)) throw cause;
    throw new HttpError(503, 'The queue does not take messages right now. Ask again.', {
      code: 'queue_unavailable',
      cause: cause.cause,
      headers: { 'retry-after': '5' },
    });
  }
}
