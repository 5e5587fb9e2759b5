import { Hono } from 'hono';
import { HOUR_MS, MINUTE_MS } from '../../../core/time.ts';
import { pulseStub } from '../../../stores/pulse/pulse-stub.ts';
import { answer } from '../../http/answer.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { checkedQuery } from '../../http/checked-query.ts';
import { pulseQuerySchema, pulseSchema } from './operation.ts';

/** `/api/pulse`: how the site is. */
export const pulseRoutes = new Hono<ApiContext>().get('/', async (c) => {
  const { days } = checkedQuery(pulseQuerySchema, c.req.query());
  const { minutes, hours, alarms, series, seriesLeft } = await pulseStub(c.env, c.get('site').id).read(days);
  return answer(pulseSchema, {
    minutes: minutes.map(({ minute, counts }) => ({ at: isoOf(minute * MINUTE_MS), counts })),
    hours: hours.map(({ hour, counts }) => ({ at: isoOf(hour * HOUR_MS), counts })),
    alarms: alarms.map(({ since, toldAt, endedAt, ...alarm }) => ({
      ...alarm,
      since: isoOf(since),
      toldAt: isoOf(toldAt),
      endedAt: endedAt === null ? null : isoOf(endedAt),
    })),
    series,
    seriesLeft,
  });
});

function isoOf(time: number): string {
  return new Date(time).toISOString();
}
