import { runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { emptyMinute } from '../../core/pulse/minute.ts';
import { tallyEvent } from '../../core/pulse/tally-events.ts';
import { MINUTE_MS } from '../../core/time.ts';
import { JOBS } from '../../jobs/table.ts';
import { pulseStub } from '../../stores/pulse/pulse-stub.ts';
import { eventually } from './eventually.ts';
import { makeEvent, makeSite, postEvents, send, type TestSite } from './site.ts';

const NOW = Math.floor(Date.now() / MINUTE_MS);
const secretly = (site: TestSite) => ({
  authorization: `Bearer ${site.secretKey}`,
  'content-type': 'application/json',
});
interface Answer {
  readonly odd: readonly { readonly id: string; readonly type: string; readonly features: { feature: string }[] }[];
}
const oddOf = async (site: TestSite) =>
  ((await (await send('/api/pulse', { headers: secretly(site) })).json()) as Answer).odd;
const order = (id: string, total: number) => ({
  ...makeEvent('ann', 'order_completed', { order_id: id, total, currency: 'EUR', products: [{ product_id: 'p' }] }),
  id,
});

/** Two hours of a shop whose orders are some ten to some hundred euros, and the model that is made of them. */
async function trained(): Promise<TestSite> {
  const site = await makeSite();
  const stub = pulseStub(env, site.id);
  const minutes = Array.from({ length: 110 }, (_, at) => {
    const minute = NOW - 200 + at;
    const tally = emptyMinute();
    for (let event = 0; event < 10; event += 1) {
      const total = 15 + ((at * 37 + event * 101) % 240);
      tallyEvent(tally, {
        id: `${minute}-${event}`,
        type: 'order_completed',
        time: minute * MINUTE_MS,
        receivedAt: minute * MINUTE_MS,
        properties: { total, products: [{}] },
        client: { bot: false },
      });
    }
    return [minute, tally] as const;
  });
  await stub.add({ v: 1, site: site.id, minutes });
  await runDurableObjectAlarm(stub);
  const job = JOBS.find(({ name }) => name === 'outliers');
  await job?.run(env, { now: Date.now(), deadline: Date.now() + 30_000 });
  expect_(await stub.shapeModels());
  return site;
}

function expect_({ models }: { readonly models: readonly { readonly type: string }[] }): void {
  if (models.map(({ type }) => type).join() !== 'order_completed') throw new Error('the model was not made');
}

describe('events unlike others', () => {
  it('are taken and told of, with what makes them so; what is usual, or a bot’s, is not', async ({ expect }) => {
    const site = await trained();
    // The isolate hears of the models with its first report.
    await postEvents(site, [order('first', 60)]);
    await eventually(async () => {
      await postEvents(site, [order(`odd-${crypto.randomUUID()}`, 98_765), order(crypto.randomUUID(), 77)]);
      const odd = await oddOf(site);
      expect(odd.length).toBeGreaterThan(0);
      for (const { id, type, features } of odd) {
        expect([id, type]).toEqual([expect.stringMatching(/^odd-/), 'order_completed']);
        expect(features[0]).toMatchObject({ feature: 'total', usual: expect.any(Number) });
      }
    });
    const metrics = await (await send('/metrics', { headers: secretly(site) })).text();
    expect(metrics).toMatch(/vitrine_odd_events_total\{site="[^"]*",type="order_completed"\} [1-9]/);
    expect(await oddOf(await makeSite())).toEqual([]);
  });

  it('are refused where the site says so, from pages alone, and can be sent in again', async ({ expect }) => {
    const site = await trained();
    const settings = await send('/api/settings', {
      method: 'PUT',
      headers: secretly(site),
      body: JSON.stringify({ oddEvents: 'refuse' }),
    });
    expect(settings.status).toBe(200);
    const sendBoth = async () => {
      const ids = [`odd-${crypto.randomUUID()}`, crypto.randomUUID()];
      const response = await postEvents(site, [order(ids[0] ?? '', 98_765), order(ids[1] ?? '', 77)]);
      return {
        ids,
        ...(await response.json<{ accepted: number; rejected: { id: string; code: string; message: string }[] }>()),
      };
    };
    const { ids, rejected } = await eventually(async () => {
      const answer = await sendBoth();
      expect(answer.accepted).toBe(1);
      return answer;
    });
    expect(rejected).toMatchObject([{ id: ids[0], code: 'odd_event', message: expect.stringContaining('total is 9') }]);
    const byServer = await send('/v/events', {
      method: 'POST',
      headers: secretly(site),
      body: JSON.stringify({ events: [order(crypto.randomUUID(), 98_765)] }),
    });
    expect(await byServer.json()).toMatchObject({ accepted: 1 });
    const { events } = await eventually(async () => {
      const failed = await send(`/api/failed-events?id=${ids[0]}`, { headers: secretly(site) });
      const body = await failed.json<{ events: { key: object }[] }>();
      expect(body.events.length).toBe(1);
      return body;
    });
    const retried = await send('/api/failed-events/retry', {
      method: 'POST',
      headers: secretly(site),
      body: JSON.stringify({ events: events.map(({ key }) => ({ key })) }),
    });
    expect(JSON.stringify(await retried.json())).toContain('accepted');
  });
});
