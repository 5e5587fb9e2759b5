import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import type { EnrichedEvent } from '../../core/events/message.ts';
import type { Ledger } from '../../core/identity/ledger.ts';
import { PROFILE_KEY } from '../../durable-objects/user-profile/schema.ts';
import { forgetDefinitions, siteDefinitions } from '../../stores/config/definitions.ts';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import { asVisitor, makeSite, send, type TestSite } from './site.ts';

const MINUTE = 60_000;
const CLIENT = { device: 'mobile', bot: false, country: 'DE' } as const;
const secret = (site: TestSite) => ({ authorization: `Bearer ${site.secretKey}`, 'content-type': 'application/json' });
const put = (site: TestSite, path: string, body: object) =>
  send(`/api/${path}`, { method: 'PUT', headers: secret(site), body: JSON.stringify(body) });

/** A site with a cart attribute, a view attribute and three segments, in force already. */
async function definedSite(): Promise<TestSite> {
  const site = await makeSite();
  await put(site, 'attributes/carts', { event: 'product_added', aggregate: 'count', window: '2h' });
  await put(site, 'attributes/orders', { event: 'order_completed', aggregate: 'count', window: '2h' });
  await put(site, 'attributes/products', {
    event: ['product_viewed', 'product_added'],
    aggregate: 'distinct',
    property: 'properties.product_id',
    window: '1d',
  });
  const defined = [
    await put(site, 'segments/keen', { condition: 'attributes.products >= 3' }),
    await put(site, 'segments/abandoning', {
      condition: '"carts" in attributes && passed(lastAt.carts, duration("20m")) && !("orders" in attributes)',
    }),
    await put(site, 'segments/german_gold', { condition: 'traits.plan == "gold" && context.country == "DE"' }),
  ];
  for (const answer of defined) if (!answer.ok) throw new Error(await answer.text());
  await env.DB.batch(
    ['attributes', 'segments'].map((table) =>
      env.DB.prepare(`UPDATE ${table} SET since = 0 WHERE site = ?`).bind(site.id),
    ),
  );
  forgetDefinitions(site.id);
  return site;
}

let number = 0;
function event(type: string, minutesAgo: number, properties: Record<string, unknown> = {}): EnrichedEvent {
  const time = Date.now() - minutesAgo * MINUTE;
  number += 1;
  return { id: `e${number}`, type, time, occurredAt: new Date(time).toISOString(), fingerprint: number, properties };
}

const apply = async (site: TestSite, ledger: Ledger, events: EnrichedEvent[], id = crypto.randomUUID()) =>
  profileStub(env, site.id, ledger).apply([{ id, events, client: CLIENT }], {
    definitions: await siteDefinitions(env, site.id),
  });
const read = async (site: TestSite, ledger: Ledger) => (await profileStub(env, site.id, ledger).readHere()).value;
const segmentsOf = async (site: TestSite, ledger: Ledger) => Object.keys((await read(site, ledger)).segments).sort();
const transitionsOf = (site: TestSite, ledger: Ledger) =>
  runInDurableObject(profileStub(env, site.id, ledger), (_object, { storage }) => {
    const stored = storage.kv.get<{ following?: string }>(PROFILE_KEY);
    return (
      JSON.parse(stored?.following ?? '{"recent":[]}').recent as { segment: string; direction: string; at: number }[]
    )
      .map(({ segment, direction }) => `${direction} ${segment}`)
      .reverse();
  });

describe('attributes and segments', () => {
  it('follow what happens, each event once, and say why', async ({ expect }) => {
    const site = await definedSite();
    const views = ['a', 'b', 'b'].map((id, n) => event('product_viewed', 30 - n, { product_id: id }));
    await apply(site, 'a/ada', views, 'm1');
    await apply(site, 'a/ada', views, 'm1');
    await apply(site, 'a/ada', views, 'm2');
    expect((await read(site, 'a/ada')).attributes.products).toEqual({ value: 2, exact: true });
    expect(await segmentsOf(site, 'a/ada')).toEqual([]);
    const third = event('product_viewed', 5, { product_id: 'c' });
    await apply(site, 'a/ada', [third]);
    await evictDurableObject(profileStub(env, site.id, 'a/ada'));
    const { segments } = await read(site, 'a/ada');
    expect(segments.keen).toEqual({
      since: third.time,
      condition: 'attributes.products >= 3',
      because: { products: 3 },
    });
    expect(await transitionsOf(site, 'a/ada')).toEqual(['enter keen']);
  });

  it('see absence: in the cart for twenty minutes and not bought, by the one alarm', async ({ expect }) => {
    const site = await definedSite();
    const stub = profileStub(env, site.id, 'a/bob');
    await apply(site, 'a/bob', [event('product_added', 1, { product_id: 'a' })]);
    expect(await segmentsOf(site, 'a/bob')).toEqual([]);
    await runInDurableObject(stub, async (_object, { storage }) => {
      const alarm = await storage.getAlarm();
      expect(Math.abs((alarm ?? 0) - (Date.now() + 19 * MINUTE))).toBeLessThan(MINUTE);
    });
    // As if twenty minutes had gone by: the event, and how far it was followed, lie further back.
    await apply(site, 'a/cy', [event('product_added', 25, { product_id: 'a' })]);
    expect(await segmentsOf(site, 'a/cy')).toEqual(['abandoning']);
    await apply(site, 'a/cy', [event('order_completed', 0, { order_id: 'o1', products: [{ product_id: 'a' }] })]);
    expect(await segmentsOf(site, 'a/cy')).toEqual([]);
    expect(await transitionsOf(site, 'a/cy')).toEqual(['enter abandoning', 'leave abandoning']);
    await runDurableObjectAlarm(stub);
    expect(await segmentsOf(site, 'a/bob')).toEqual([]);
  });

  it('are the person’s over all of his ledgers, and undone when one is taken out', async ({ expect }) => {
    const site = await definedSite();
    const of = (device: Ledger, product: string) =>
      apply(site, device, [event('product_viewed', 10, { product_id: product })]);
    await of('a/phone', 'a');
    await of('a/desk', 'b');
    await of('u/eve', 'c');
    for (const [version, ledger] of [
      [1, 'a/phone'],
      [2, 'a/desk'],
    ] as const)
      await profileStub(env, site.id, ledger).assign({ v: 1, person: 'u/eve', version });
    expect(await segmentsOf(site, 'u/eve')).toEqual(['keen']);
    expect((await read(site, 'u/eve')).attributes.products?.value).toBe(3);
    await profileStub(env, site.id, 'a/desk').assign({ v: 1, person: 'a/desk', version: 3 });
    expect(await segmentsOf(site, 'u/eve')).toEqual([]);
    expect((await read(site, 'u/eve')).attributes.products?.value).toBe(2);
    expect(await transitionsOf(site, 'u/eve')).toEqual(['enter keen', 'leave keen']);
    await of('a/phone', 'd');
    expect(await segmentsOf(site, 'u/eve')).toEqual(['keen']);
  });

  it('see traits and where the client is, unless a purpose is refused', async ({ expect }) => {
    const site = await definedSite();
    await apply(site, 'a/fay', [event('identify', 3, { plan: 'gold' })]);
    expect(await segmentsOf(site, 'a/fay')).toEqual(['german_gold']);
    await apply(site, 'a/fay', [event('consent_changed', 1, { purposes: { personalization: false } })]);
    expect(await segmentsOf(site, 'a/fay')).toEqual([]);
  });

  it('cost a site without any nothing, and are shown to pages only as the site says', async ({ expect }) => {
    const plain = await makeSite();
    await apply(plain, 'a/gil', [event('product_viewed', 1, { product_id: 'a' })]);
    await runInDurableObject(profileStub(env, plain.id, 'a/gil'), (_object, { storage }) => {
      expect(Object.keys(storage.kv.get<object>(PROFILE_KEY) ?? {})).not.toContain('following');
    });
    const site = await definedSite();
    await put(site, 'settings', { exposed: { fields: [], segments: ['keen'], attributes: ['products'] } });
    await apply(
      site,
      'a/hal',
      ['a', 'b', 'c'].map((id) => event('product_added', 30, { product_id: id })),
    );
    const own = await (await send(`/v/profile?${await asVisitor(site, 'hal')}`)).json<Record<string, object>>();
    expect(Object.keys(own).sort()).toEqual(['anonymousId', 'attributes', 'segments']);
    expect([Object.keys(own.attributes ?? {}), Object.keys(own.segments ?? {})]).toEqual([['products'], ['keen']]);
  });
});

describe('/api/attributes and /api/segments', () => {
  it('say what is wrong with a definition and where; count versions, never one twice', async ({ expect }) => {
    const site = await makeSite();
    const refused = async (path: string, body: object) =>
      (await (await put(site, path, body)).json<{ status: number; detail: string }>()).detail;
    expect(await refused('attributes/Views', { event: 'x', aggregate: 'count', window: '1h' })).toContain(
      '"views_24h"',
    );
    expect(await refused('attributes/views', { event: 'x', aggregate: 'sum', window: '1h' })).toContain(
      'properties.price',
    );
    expect(await refused('attributes/views', { event: 'x', aggregate: 'count', window: '91d' })).toContain('90d');
    expect(await refused('segments/s', { condition: 'attributes.views >' })).toMatch(/line 1, column \d+/);
    expect(await refused('segments/s', { condition: 'attributes.views > 1' })).toContain('none yet');
    const define = async (window: string) =>
      (await put(site, 'attributes/views', { event: 'x', aggregate: 'count', window })).json<{ version: number }>();
    expect((await define('1h')).version).toBe(1);
    expect((await define('1h')).version).toBe(1);
    expect((await define('2h')).version).toBe(2);
    expect((await send('/api/attributes/views', { method: 'DELETE', headers: secret(site) })).status).toBe(204);
    expect((await send('/api/attributes/views', { headers: secret(site) })).status).toBe(404);
    expect((await define('2h')).version).toBe(3);
  });
});
