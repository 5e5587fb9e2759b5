import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { it } from 'vitest';
import { SiteWatch } from '../../core/pulse/site-watch.ts';
import { MINUTE_MS } from '../../core/time.ts';
import { seededRandom } from '../../ops/seeded-random.ts';
import { pulseStub } from '../../stores/pulse/pulse-stub.ts';
import { minuteOfMany } from '../material/minutes.ts';
import { makeSite, send } from './site.ts';

const NOW = Math.floor(Date.now() / MINUTE_MS);
const LEARNED = 400;
/** Of the last hour, in which much is a little off. */
const OFF = 40;

it('minutes in which much is a little off are found by a forest of those before, told once, and shown', async ({
  expect,
}) => {
  const site = await makeSite();
  const stub = pulseStub(env, site.id);
  const random = seededRandom(1);
  const minutes = Array.from({ length: LEARNED + 62 }, (_, at) => {
    const minute = NOW - LEARNED - 62 + at;
    const shift = minute >= NOW - OFF ? (at % 2 === 0 ? 0.4 : -0.4) : 0;
    return [minute, minuteOfMany(random, shift)] as const;
  });
  // What the object’s own watch made of the minutes before, had it been there.
  const watch = new SiteWatch();
  const shapes: number[][] = [];
  for (const [minute, tally] of minutes.slice(0, LEARNED)) {
    watch.next(minute * MINUTE_MS, tally);
    if (watch.lastMinute.shape) shapes.push(watch.lastMinute.shape);
  }
  await stub.add({ v: 1, site: site.id, minutes });
  await runInDurableObject(stub, (object, { storage }) => {
    storage.kv.put('looked_until', NOW - 62);
    (object as unknown as { shapes: { takeMinutes(rows: number[][]): void } }).shapes.takeMinutes(shapes);
  });
  expect(await stub.trainShapes(Date.now())).toEqual(['(minutes)']);
  // The model outlives the object.
  await evictDurableObject(stub);
  await runDurableObjectAlarm(stub);
  const response = await send('/api/pulse', { headers: { authorization: `Bearer ${site.secretKey}` } });
  const { oddMinutes, alarms } = await response.json<{
    oddMinutes: { at: string; features: { feature: string; series: string; by: number }[] }[];
    alarms: { series: string; kind: string; name: string }[];
  }>();
  expect(alarms).toMatchObject([{ series: 'minute', kind: 'minute', name: expect.stringMatching(/type\||browser\|/) }]);
  expect(oddMinutes).toHaveLength(20);
  for (const { at, features } of oddMinutes) {
    expect(Date.parse(at)).toBeGreaterThanOrEqual((NOW - OFF) * MINUTE_MS);
    expect(features[0]).toMatchObject({ feature: expect.stringMatching(/^(?:types|browsers|volume)$/) });
  }
});
