import { Hono } from 'hono';
import { tailFilterSchema } from '../../../core/pulse/tail.ts';
import { HOUR_MS, MINUTE_MS } from '../../../core/time.ts';
import { pulseStub } from '../../../stores/pulse/pulse-stub.ts';
import { answer } from '../../http/answer.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { auditOf } from '../../http/audit.ts';
import { checkedQuery } from '../../http/checked-query.ts';
import { HttpError } from '../../http/error.ts';
import { readJson } from '../../http/read-json.ts';
import { CONSOLE_PROTOCOL } from '../../http/session.ts';
import { pulseQuerySchema, pulseSchema, usualSchema } from './operation.ts';

const MAX_BODY_BYTES = 4_096;

/** `/api/tail`: events as they go by, over a WebSocket. */
export const tailRoutes = new Hono<ApiContext>().get('/', async (c) => {
  const query = c.req.query();
  checkedQuery(tailFilterSchema, query);
  if (c.req.header('upgrade')?.toLowerCase() !== 'websocket')
    throw new HttpError(426, 'This is a WebSocket: npm run tail, or Live in the console.', {
      code: 'websocket_required',
      headers: { upgrade: 'websocket' },
    });
  const address = `https://pulse/?${new URLSearchParams(query)}`;
  const { webSocket } = await pulseStub(c.env, c.get('site').id).fetch(address, { headers: { upgrade: 'websocket' } });
  if (!webSocket)
    throw new HttpError(429, 'Twenty watch already, which is as many as may.', {
      code: 'too_many_tails',
      headers: { 'retry-after': '60' },
    });
  const protocol = c.req.header('sec-websocket-protocol');
  return new Response(null, {
    status: 101,
    webSocket,
    headers: protocol === CONSOLE_PROTOCOL ? { 'sec-websocket-protocol': protocol } : {},
  });
});

/** `/api/pulse`: how the site is. */
export const pulseRoutes = new Hono<ApiContext>().get('/', async (c) => {
  const { days } = checkedQuery(pulseQuerySchema, c.req.query());
  const pulse = await pulseStub(c.env, c.get('site').id).read(days);
  const { minutes, hours, alarms, alerts, odd, oddMinutes, series, seriesLeft } = pulse;
  return answer(pulseSchema, {
    minutes: minutes.map(({ minute, counts }) => ({ at: isoOf(minute * MINUTE_MS), counts })),
    hours: hours.map(({ hour, counts }) => ({ at: isoOf(hour * HOUR_MS), counts })),
    alarms: alarms.map(({ since, toldAt, endedAt, ...alarm }) => ({
      ...alarm,
      since: isoOf(since),
      toldAt: isoOf(toldAt),
      endedAt: endedAt === null ? null : isoOf(endedAt),
    })),
    alerts: alerts.map(({ since, firedAt, ...alert }) => ({
      ...alert,
      since: isoOf(since),
      firedAt: firedAt === null ? null : isoOf(firedAt),
    })),
    odd: odd.map(({ at, features, ...event }) => ({ ...event, at: isoOf(at), features: [...features] })),
    oddMinutes: oddMinutes.map(({ minute, features }) => ({ at: isoOf(minute), features: [...features] })),
    series,
    seriesLeft,
  });
});

/** `/api/pulse/usual`: a change that was meant so. */
pulseRoutes.post('/usual', async (c) => {
  const { series } = await readJson(c.req.raw, usualSchema, { maxBytes: MAX_BODY_BYTES, code: 'invalid_body' });
  if (!(await pulseStub(c.env, c.get('site').id).acceptSeries(series)))
    throw new HttpError(404, `No series "${series}" is watched.`, { code: 'unknown_series' });
  await auditOf(c, 'pulse.usual', 'pulse', { series }).run();
  return c.body(null, 204);
});

function isoOf(time: number): string {
  return new Date(time).toISOString();
}
