import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { emptyMinute, type MinuteTally } from '../../core/pulse/minute.ts';
import { tallyEvent, tallyOther } from '../../core/pulse/tally-events.ts';
import { MINUTE_MS } from '../../core/time.ts';
import { pulseStub } from '../../stores/pulse/pulse-stub.ts';
import { eventually } from './eventually.ts';
import { makeEvent, makeSite, postEvents, send, type TestSite } from './site.ts';

interface Answer {
  readonly minutes: readonly { readonly at: string; readonly counts: Record<string, number> }[];
  readonly alarms: readonly Record<string, unknown>[];
  readonly series: number;
}
const pulseOf = async (site: TestSite) =>
  (await (await send('/api/pulse', { headers: { authorization: `Bearer ${site.secretKey}` } })).json()) as Answer;
/** Counts over all minutes. */
const sumsOf = ({ minutes }: Answer) => {
  const sums: Record<string, number> = {};
  for (const { counts } of minutes)
    for (const [name, by] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + by;
  return sums;
};

/** A minute of a shop: views and orders with a total, in which so many are missing. */
function shopMinute(minute: number, missing: number): MinuteTally {
  const tally = emptyMinute();
  for (let at = 0; at < 300; at += 1)
    tallyEvent(tally, {
      id: `${minute}-${at}`,
      type: at % 10 === 0 ? 'order_completed' : 'product_viewed',
      time: minute * MINUTE_MS,
      receivedAt: minute * MINUTE_MS,
      properties: at % 10 === 0 && at / 10 >= missing ? { total: 20 + at } : {},
      client: { bot: false, browser: at % 3 === 0 ? 'Firefox' : 'Chrome' },
    });
  tallyOther(tally, 'duplicate', { id: `${minute}-d` });
  return tally;
}
const NOW = Math.floor(Date.now() / MINUTE_MS);
/** Fifty minutes as always, then seven in which most totals are missing. */
const history = Array.from({ length: 57 }, (_, at) => {
  const minute = NOW - 60 + at;
  return [minute, shopMinute(minute, at < 50 ? 0 : 20)] as const;
});

describe('the pulse of a site', () => {
  it('counts what came, was there already, was in conflict, or refused, and for what', async ({ expect }) => {
    const site = await makeSite();
    const view = makeEvent('ann', 'product_viewed', { product_id: 'p', price: 5 });
    await postEvents(site, [view, makeEvent('ben', 'page_viewed'), { ...view, id: 'broken', properties: {} }]);
    await eventually(async () => expect(sumsOf(await pulseOf(site))).toMatchObject({ accepted: 2, rejected: 1 }));
    await postEvents(site, [view, { ...view, properties: { product_id: 'other' } }]);
    await eventually(async () =>
      expect(sumsOf(await pulseOf(site))).toMatchObject({
        accepted: 2,
        'type|product_viewed': 1,
        'type|page_viewed': 1,
        duplicate: 1,
        conflicting: 1,
        'rejected|invalid_properties': 1,
      }),
    );
    expect(JSON.stringify(await pulseOf(site))).not.toContain('ann');
    const metrics = await (await send('/metrics', { headers: { authorization: `Bearer ${site.secretKey}` } })).text();
    expect(metrics).toContain(`vitrine_events_total{site="${site.id}",outcome="accepted"} 2`);
    expect(metrics).toContain(`vitrine_accepted_events_total{site="${site.id}",type="page_viewed"} 1`);
    expect(metrics).toContain(`vitrine_rejected_events_total{site="${site.id}",reason="invalid_properties"} 1`);
    const other = await makeSite();
    expect((await pulseOf(other)).minutes).toEqual([]);
    expect((await send(`/api/pulse?key=${site.writeKey}`)).status).toBe(403);
  });

  it('tells within minutes what is not as it was, once, to the shop’s webhooks too, and says when it has ended', async ({
    expect,
  }) => {
    const site = await makeSite();
    const stub = pulseStub(env, site.id);
    const sent: unknown[] = [];
    await runInDurableObject(stub, (object) => {
      const own = object as unknown as { env: Env };
      own.env = { ...own.env, WEBHOOKS: { send: async (message: unknown) => void sent.push(message) } as never };
    });
    await stub.add({ v: 1, site: site.id, minutes: history });
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    const { alarms, series } = await pulseOf(site);
    const [alarm] = alarms.filter((one) => one.kind === 'missing');
    expect(alarm).toMatchObject({
      series: 'missing|order_completed|total',
      type: 'order_completed',
      property: 'total',
      direction: 'up',
      endedAt: null,
      examples: expect.arrayContaining([expect.stringMatching(/^\d+-\d+$/)]),
    });
    const since = (Date.parse(String(alarm?.since)) - (NOW - 10) * MINUTE_MS) / MINUTE_MS;
    const told = (Date.parse(String(alarm?.toldAt)) - (NOW - 10) * MINUTE_MS) / MINUTE_MS;
    expect([since, told]).toEqual([0, expect.any(Number)]);
    expect(told).toBeLessThanOrEqual(3);
    expect(series).toBeGreaterThan(10);
    expect(sent).toContainEqual(
      expect.objectContaining({
        type: 'alarm.raised',
        site: site.id,
        data: expect.objectContaining({ kind: 'missing' }),
      }),
    );
    await runDurableObjectAlarm(stub);
    expect((await pulseOf(site)).alarms.length).toBe(alarms.length);
    // A change that was meant so is usual from then on, also where the object was away meanwhile.
    const usual = (series: string, of = site) =>
      send('/api/pulse/usual', {
        method: 'POST',
        headers: { authorization: `Bearer ${of.secretKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ series }),
      });
    const missing = 'missing|order_completed|total';
    expect((await usual('no such')).status).toBe(404);
    expect((await usual(missing, await makeSite())).status).toBe(404);
    expect((await usual(missing)).status).toBe(204);
    const isOpen = async () =>
      (await pulseOf(site)).alarms.some((one) => one.series === missing && one.endedAt === null);
    expect(await isOpen()).toBe(false);
    await runInDurableObject(stub, (_, state) => state.abort('the test ends this object')).catch(() => undefined);
    const again = pulseStub(env, site.id);
    await again.add({ v: 1, site: site.id, minutes: [[NOW - 2, shopMinute(NOW - 2, 20)]] });
    await runDurableObjectAlarm(again);
    expect(await isOpen()).toBe(false);
  });

  it('goes on where the object ended: what it said it does not say again', async ({ expect }) => {
    const [whole, broken] = [await makeSite(), await makeSite()];
    for (const site of [whole, broken]) {
      const stub = pulseStub(env, site.id);
      await stub.add({ v: 1, site: site.id, minutes: history.slice(0, 54) });
      await runDurableObjectAlarm(stub);
      if (site === broken)
        await runInDurableObject(stub, (_, state) => state.abort('the test ends this object')).catch(() => undefined);
      const again = pulseStub(env, site.id);
      await again.add({ v: 1, site: site.id, minutes: history.slice(54) });
      await runDurableObjectAlarm(again);
    }
    const [expected, found] = [await pulseOf(whole), await pulseOf(broken)];
    expect(found.alarms).toEqual(expected.alarms);
    expect(found.series).toBe(expected.series);
    expect(found.alarms.length).toBeGreaterThan(0);
  });

  it('shows events to who watches, and counts what it leaves out: together all that came', async ({ expect }) => {
    const site = await makeSite();
    const watch = async (query: string, key = site.secretKey) => {
      const headers = { authorization: `Bearer ${key}`, upgrade: 'websocket' };
      const response = await send(`/api/tail?${query}`, { headers });
      const parts: { lines: Record<string, unknown>[]; filtered: number; tooMany: number }[] = [];
      response.webSocket?.accept();
      response.webSocket?.addEventListener('message', ({ data }) => parts.push(JSON.parse(String(data))));
      const sum = () => ({
        lines: parts.flatMap(({ lines }) => lines),
        all: parts.reduce((all, { lines, filtered, tooMany }) => all + lines.length + filtered + tooMany, 0),
      });
      return { status: response.status, socket: response.webSocket, sum };
    };
    const all = await watch('');
    const views = await watch('type=product_viewed&notText=hidden&notOutcome=rejected');
    const refused = await watch('outcome=rejected');
    expect([all.status, views.status, refused.status]).toEqual([101, 101, 101]);
    const view = makeEvent('ann', 'product_viewed', { product_id: 'p1' });
    await postEvents(site, [
      view,
      makeEvent('ben', 'product_viewed', { product_id: 'hidden' }),
      makeEvent('ben', 'page_viewed'),
      { ...view, id: 'broken', properties: {} },
    ]);
    await eventually(() => {
      expect([all.sum().all, views.sum().all, refused.sum().all]).toEqual([4, 4, 4]);
    });
    expect(all.sum().lines).toHaveLength(4);
    expect(views.sum().lines).toMatchObject([
      { id: view.id, outcome: 'accepted', anonymousId: 'ann', properties: '{"product_id":"p1"}' },
    ]);
    expect(refused.sum().lines).toMatchObject([
      { id: 'broken', reason: expect.stringContaining('properties.product_id') },
    ]);
    views.socket?.close();
    await postEvents(site, [makeEvent('cid', 'page_viewed')]);
    await eventually(() => expect(all.sum().all).toBe(5));

    expect((await send('/api/tail', { headers: { authorization: `Bearer ${site.secretKey}` } })).status).toBe(426);
    expect((await watch('outcome=lost')).status).toBe(400);
    expect((await watch('', site.writeKey)).status).toBe(403);
    all.socket?.close();
    refused.socket?.close();
  });

  it('costs no event its way when it is away', async ({ expect }) => {
    const site = await makeSite();
    const { SITE_PULSE } = env;
    try {
      (env as { SITE_PULSE: unknown }).SITE_PULSE = new Proxy(SITE_PULSE, {
        get() {
          throw new Error('away');
        },
      });
      const answer = await postEvents(site, [makeEvent('ann', 'page_viewed'), { nothing: true }]);
      expect(await answer.json()).toMatchObject({ accepted: 1, rejected: [{ index: 1 }] });
    } finally {
      (env as { SITE_PULSE: unknown }).SITE_PULSE = SITE_PULSE;
    }
    const counts = async () =>
      (await env.DB.prepare('SELECT SUM(events) AS n FROM rollups WHERE site = ?').bind(site.id).first<{ n: number }>())
        ?.n;
    await eventually(async () => expect(await counts()).toBe(1));
  });
});
