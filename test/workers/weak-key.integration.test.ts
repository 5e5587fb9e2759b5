import { env } from 'cloudflare:workers';
import { describe, type ExpectStatic, it } from 'vitest';
import { z } from 'zod';
import type { Ledger } from '../../core/identity/ledger.ts';
import { runOpenErasures } from '../../jobs/erase/run-open-erasures.ts';
import { MAX_UNPROVEN, recordMentions } from '../../stores/erasure/record-mentions.ts';
import { servingShards } from '../../stores/model/serving-shards.ts';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import { deliver, makeMessage } from './deliver.ts';
import { eventually } from './eventually.ts';
import { aRun, makeEvent, makeSite, postEvents, send, type TestSite } from './site.ts';
import { lakeOf, rollupsOf, rowsWith } from './stores.ts';

const fromServer = (site: TestSite, events: unknown[]) =>
  send('/v/events', {
    method: 'POST',
    headers: { authorization: `Bearer ${site.secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ events }),
  });
const order = (who: string, id: string, total: number, minutesAgo = 0) =>
  makeEvent(
    who,
    'order_completed',
    { order_id: id, total, currency: 'EUR', products: [{ product_id: 'p' }] },
    minutesAgo,
  );
const ordersOf = async (site: TestSite) =>
  (
    await env.DB.prepare('SELECT order_id, ledger, total, currency FROM orders WHERE site = ? ORDER BY order_id')
      .bind(site.id)
      .all<Record<string, unknown>>()
  ).results.map(({ order_id, ledger, total }) => [order_id, ledger, total]);
const counted = (site: TestSite, counts: Record<string, number>) =>
  eventually(async () => {
    const found = await rollupsOf(site.id);
    if (JSON.stringify(found) !== JSON.stringify(counts)) throw new Error(JSON.stringify(found));
  });

describe('an order', () => {
  it('that the shop’s server told is never a page’s to change', async ({ expect }) => {
    const site = await makeSite();
    await fromServer(site, [order('buyer', '10001', 499, 5)]);
    await counted(site, { order_completed: 1 });
    for (const who of ['attacker', 'buyer'])
      await postEvents(site, [order(who, '10001', -1e308), order(who, '10001', 1)]);
    await counted(site, { order_completed: 5 });
    expect(await ordersOf(site)).toEqual([['10001', 'a/buyer', 499]]);
  });

  it('of a page is its own ledger’s: another page takes none over, and the server’s word replaces it', async ({
    expect,
  }) => {
    const site = await makeSite();
    await postEvents(site, [order('buyer', '7', 50, 5)]);
    await counted(site, { order_completed: 1 });
    await postEvents(site, [order('attacker', '7', 1), order('buyer', '7', 60, 4)]);
    await counted(site, { order_completed: 3 });
    expect(await ordersOf(site)).toEqual([['7', 'a/buyer', 60]]);
    await fromServer(site, [order('shop', '7', 70, 9)]);
    await counted(site, { order_completed: 4 });
    expect(await ordersOf(site)).toEqual([['7', 'a/shop', 70]]);
  });

  it('whose number has more digits than JavaScript holds stays two orders', async ({ expect }) => {
    const site = await makeSite();
    const raw = (id: string, total: number) => JSON.stringify(order('buyer', 'ID', total)).replace('"ID"', id);
    const body = `{"events":[${raw('7301444403294576641', 50)},${raw('7301444403294576642', 70)}]}`;
    await send(`/v/events?key=${site.writeKey}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    await counted(site, { order_completed: 2 });
    expect(await ordersOf(site)).toEqual([
      ['7301444403294576641', 'a/buyer', 50],
      ['7301444403294576642', 'a/buyer', 70],
    ]);
  });
});

describe('what a page says of a person', () => {
  it('never outranks what the shop said: traits and user id, in any order of arrival', async ({ expect }) => {
    for (const pageFirst of [true, false]) {
      const site = await makeSite();
      const page = () =>
        postEvents(site, [
          { ...makeEvent('device', 'identify', { plan: 'gold', credit: 999_999, color: 'red' }), userId: 'mallory' },
        ]);
      if (pageFirst) await page();
      await fromServer(site, [
        { ...makeEvent('device', 'identify', { plan: 'basic', credit: 10 }, 5), userId: 'vip1' },
      ]);
      if (!pageFirst) await page();
      const { value } = await profileStub(env, site.id, 'u/vip1').readHere();
      expect(value.userId).toBe('vip1');
      expect(Object.fromEntries(Object.entries(value.traits).map(([name, trait]) => [name, trait.value]))).toEqual({
        plan: 'basic',
        credit: 10,
        color: 'red',
      });
    }
  });
});

describe('a bot', () => {
  const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
  const view = (who: string) => makeEvent(who, 'product_viewed', { product_id: 'slow' });

  it('is in the lake, and in no count, order or model', async ({ expect }) => {
    const site = await makeSite();
    const events = Array.from({ length: 20 }, (_, n) => view(`bot-${n}`));
    await postEvents(site, [...events, order('bot-0', '1', 5)], { 'user-agent': GOOGLEBOT });
    await eventually(async () => expect(await lakeOf(site.id)).toHaveLength(21));
    expect((await lakeOf(site.id)).every(({ client }) => client.bot)).toBe(true);
    expect([await rollupsOf(site.id), await ordersOf(site)]).toEqual([{}, []]);
    const summaries = await Promise.all(
      (await servingShards(env, site.id)).map((shard) => shard.summary(Date.now(), 0)),
    );
    expect(summaries.flatMap(({ counts, trending }) => [...counts, ...trending])).toEqual([]);
  });

  it.for([
    ['a server with the secret key', 'node', true],
    ['a server’s library', 'analytics-python/2.3', false],
    ['another', 'axios/1.7.2', false],
    [
      'a person',
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36',
      false,
    ],
  ] as const)('is not %s', async ([, userAgent, secret], { expect }) => {
    const site = await makeSite();
    const headers = { 'user-agent': userAgent, 'content-type': 'application/json' };
    const key = secret ? site.secretKey : site.writeKey;
    await send('/v/events', {
      method: 'POST',
      headers: { ...headers, authorization: `Bearer ${key}` },
      body: JSON.stringify({ events: [view('ada')] }),
    });
    await counted(site, { product_viewed: 1 });
    await eventually(async () => expect((await lakeOf(site.id)).map(({ client }) => client.bot)).toEqual([false]));
  });
});

describe('consent that a person decided', () => {
  it('holds for what the shop’s server sends of him later', async ({ expect }) => {
    const site = await makeSite();
    await postEvents(site, [makeEvent('ada', 'consent_changed', { purposes: { analytics: false } })]);
    await fromServer(site, [makeEvent('ada', 'product_viewed', { product_id: 'p' }), makeEvent('bob', 'page_viewed')]);
    await eventually(async () => expect(await lakeOf(site.id)).toHaveLength(3));
    const consents = (await lakeOf(site.id)).map(({ type, consent }) => [type, consent]);
    expect(Object.fromEntries(consents)).toMatchObject({
      product_viewed: ['personalization', 'marketing'],
      page_viewed: undefined,
    });
  });
});

describe('an erasure', () => {
  const erase = async (site: TestSite, user: string) =>
    (
      await send(`/api/users/${user}`, { method: 'DELETE', headers: { authorization: `Bearer ${site.secretKey}` } })
    ).json<{ state: string; id: string; receipt: string }>();
  /** A till that sends the orders of its customers. */
  async function till(expect: ExpectStatic) {
    const site = await makeSite();
    const sales = Array.from({ length: 20 }, (_, n) => ({ ...order('pos-1', `o${n}`, n), userId: `customer-${n}` }));
    await fromServer(site, sales);
    await counted(site, { order_completed: 20 });
    await eventually(async () => expect(await lakeOf(site.id)).toHaveLength(20));
    return site;
  }
  const eventsOf = async (site: TestSite) => (await lakeOf(site.id)).length;

  it('is widened by no mention without a proof', async ({ expect }) => {
    const site = await till(expect);
    await postEvents(site, [{ ...makeEvent('pos-1', 'page_viewed'), userId: 'stranger-1' }]);
    await counted(site, { order_completed: 20, page_viewed: 1 });
    await eventually(async () => expect(await lakeOf(site.id)).toHaveLength(21));
    expect(await erase(site, 'stranger-1')).toMatchObject({ state: 'done' });
    expect([(await ordersOf(site)).length, await eventsOf(site)]).toEqual([20, 20]);
    const { value } = await profileStub(env, site.id, 'a/pos-1').readHere();
    expect(value.counts).toEqual({ order_completed: 20 });
    expect(await rowsWith(site.id, 'stranger-1')).toEqual([]);
  });

  it('stays possible, whoever names a person from however many devices', { timeout: 30_000 }, async ({ expect }) => {
    const site = await till(expect);
    const named = (ledger: Ledger, vouched?: true) => ({ ledger, userId: 'victim-1', ...(vouched && { vouched }) });
    const strangers = Array.from({ length: 1_500 }, (_, n) => named(`a/stranger-device-${n}`));
    const held = async () =>
      await env.DB.prepare(
        'SELECT COUNT(*) AS all_of_them, SUM(vouched) AS vouched FROM user_mentions WHERE site = ? AND user_id = ?',
      )
        .bind(site.id, 'victim-1')
        .first();
    await recordMentions(env, site.id, strangers);
    await recordMentions(env, site.id, [named('a/own-device-1', true), named('a/stranger-device-3', true)]);
    await recordMentions(env, site.id, [...strangers, named('a/own-device-1')]);
    const { all_of_them: all, vouched } = z.object({ all_of_them: z.int(), vouched: z.int() }).parse(await held());
    expect(vouched).toBe(2);
    expect(all).toBeGreaterThanOrEqual(MAX_UNPROVEN);
    expect(all).toBeLessThan(MAX_UNPROVEN + 50);
    const { state, receipt } = await erase(site, 'victim-1');
    const checked = await send('/api/erasures/verify', {
      method: 'POST',
      headers: { authorization: `Bearer ${site.secretKey}` },
      body: JSON.stringify({ receipt, userId: 'victim-1' }),
    });
    expect([state, checked.status, await checked.json()]).toMatchObject(['done', 200, { valid: true, about: true }]);
    expect(await held()).toMatchObject({ all_of_them: 0 });
    expect(await rowsWith(site.id, 'victim-1')).toEqual([]);
  });

  it('of one of several users of a ledger takes his events, and no other’s', async ({ expect }) => {
    const site = await till(expect);
    expect(await erase(site, 'customer-3')).toMatchObject({ state: 'done' });
    expect((await ordersOf(site)).map(([id]) => id)).not.toContain('o3');
    expect([(await ordersOf(site)).length, await eventsOf(site)]).toEqual([19, 19]);
    expect((await lakeOf(site.id)).map(({ userId }) => userId)).not.toContain('customer-3');
    const { value } = await profileStub(env, site.id, 'a/pos-1').readHere();
    expect([value.counts, value.orders.some(({ id }) => id === 'o3')]).toEqual([{ order_completed: 19 }, false]);
  });

  it('waits for what a profile has counted and the lake does not hold yet: nothing of it is lost', async ({
    expect,
  }) => {
    const site = await till(expect);
    const stub = profileStub(env, site.id, 'a/pos-1');
    const late = makeMessage(site.id, 'pos-1', ['late']);
    await stub.apply([late]);
    const { state, id } = await erase(site, 'customer-3');
    expect(state).toBe('running');
    expect((await stub.readHere()).value.counts).toEqual({ order_completed: 20, product_viewed: 1 });
    await deliver([late]);
    await runOpenErasures(env, aRun());
    const headers = { authorization: `Bearer ${site.secretKey}` };
    expect(await (await send(`/api/erasures/${id}`, { headers })).json()).toMatchObject({ state: 'done' });
    expect((await stub.readHere()).value.counts).toEqual({ order_completed: 19, product_viewed: 1 });
    expect(await rowsWith(site.id, 'customer-3')).toEqual([]);
  });

  it('takes refused events that named him, whoever sent them, and the export shows them before', async ({ expect }) => {
    const site = await makeSite();
    const bad = { ...makeEvent('kim-phone', 'product_viewed', { email: 'kim@example.invalid' }), userId: 'kim-larsen' };
    await postEvents(site, [bad, { ...bad, id: crypto.randomUUID(), anonymousId: 'has spaces' }]);
    await fromServer(site, [{ ...makeEvent('kim-desk', 'identify'), userId: 'kim-larsen' }]);
    const headers = { authorization: `Bearer ${site.secretKey}` };
    expect(await (await send('/api/users/kim-larsen/export', { headers })).text()).toContain('kim@example.invalid');
    expect(await erase(site, 'kim-larsen')).toMatchObject({ state: 'done' });
    expect(await rowsWith(site.id, 'kim-larsen')).toEqual([]);
    expect(await rowsWith(site.id, 'kim@example.invalid')).toEqual([]);
  });
});

describe('a repair', () => {
  it('takes what is not compacted yet, and leaves an open hour alone', async ({ expect }) => {
    const site = await makeSite();
    await postEvents(
      site,
      Array.from({ length: 7 }, () => view2('rep-1')),
    );
    await counted(site, { product_viewed: 7 });
    await eventually(async () => expect(await lakeOf(site.id)).toHaveLength(7));
    const repair = (body: object) =>
      send('/api/reconciliation/repair', {
        method: 'POST',
        headers: { authorization: `Bearer ${site.secretKey}` },
        body: JSON.stringify(body),
      });
    expect(await (await repair({ anonymousId: 'rep-1' })).json()).toMatchObject({ events: 7 });
    expect((await profileStub(env, site.id, 'a/rep-1').readHere()).value.counts).toEqual({ product_viewed: 7 });
    const hour = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000).toISOString();
    expect((await repair({ hour, type: 'product_viewed' })).status).toBe(409);
    expect(await rollupsOf(site.id)).toEqual({ product_viewed: 7 });
  });
});

const view2 = (who: string) => makeEvent(who, 'product_viewed', { product_id: 'p' });
