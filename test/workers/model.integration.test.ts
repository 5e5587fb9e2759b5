import { evictDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { publishModel } from '../../jobs/publish/publish-model.ts';
import { publishSites } from '../../jobs/publish/publish-sites.ts';
import { feedSessions } from '../../stores/model/feed-sessions.ts';
import { servingShards } from '../../stores/model/serving-shards.ts';
import { aRun, asVisitor, makeEvent, makeSite, postEvents, send, type TestSite } from './site.ts';

const publish = (site: TestSite, path = 'publish') =>
  send(`/api/model/${path}`, { method: 'POST', headers: { authorization: `Bearer ${site.secretKey}` } });

const sessionsOf = (lists: string[][]) =>
  lists.map((items, n) => ({ id: `s${n}`, version: 1, endedAt: Date.now() - n * 60_000, items }));

async function upload(site: TestSite, ids: string[]): Promise<void> {
  await send('/api/catalog', {
    method: 'POST',
    headers: { authorization: `Bearer ${site.secretKey}` },
    body: ids.map((id) => JSON.stringify({ id, title: `Product ${id}`, url: `/p/${id}` })).join('\n'),
  });
}

describe('the model', () => {
  it('changes what a visitor sees after one event, with the reason', async ({ expect }) => {
    const site = await makeSite();
    await upload(site, ['shirt', 'tie', 'bag', 'scarf']);
    await feedSessions(
      env,
      site.id,
      sessionsOf([
        ['shirt', 'tie'],
        ['shirt', 'tie'],
        ['bag', 'scarf'],
      ]),
    );
    expect((await publish(site)).status).toBe(200);
    const read = async () => (await send(`/v/recommendations?limit=1&${await asVisitor(site, 'ada')}`)).json();
    expect(await read()).toMatchObject({ tier: 'popular', items: [{ reason: { code: 'trending' } }] });
    await postEvents(site, [makeEvent('ada', 'product_added', { product_id: 'bag' })]);
    expect(await read()).toMatchObject({
      tier: 'live',
      items: [{ id: 'scarf', reason: { code: 'viewed', item: 'bag', text: 'Because you viewed Product bag' } }],
    });
  });

  it('answers with what goes with the whole cart, as it is now', async ({ expect }) => {
    const site = await makeSite();
    await upload(site, ['shirt', 'tie', 'pin', 'bag', 'scarf']);
    await feedSessions(
      env,
      site.id,
      sessionsOf([
        ['shirt', 'tie', 'pin'],
        ['shirt', 'tie', 'pin'],
        ['shirt', 'bag'],
        ['shirt', 'bag'],
        ['shirt', 'bag'],
        ['tie', 'scarf'],
      ]),
    );
    expect((await publish(site)).status).toBe(200);
    const visitor = await asVisitor(site, 'ada');
    const read = async (more = '') =>
      (await send(`/v/recommendations?strategy=cart&limit=1&${visitor}${more}`)).json<{
        tier: string;
        reason: string;
        items: { id: string; reason: { code: string; text: string } }[];
      }>();
    expect(await read()).toMatchObject({ tier: 'popular', reason: 'empty_cart' });
    const cart = (type: string, product: string, ago: number) => makeEvent('ada', type, { product_id: product }, ago);
    await postEvents(site, [
      cart('product_viewed', 'scarf', 5),
      cart('product_added', 'shirt', 4),
      cart('product_added', 'tie', 3),
    ]);
    expect(await read()).toMatchObject({ tier: 'live', items: [{ id: 'pin', reason: { code: 'cart' } }] });
    await postEvents(site, [cart('product_removed', 'tie', 2)]);
    expect((await read()).items[0]).toMatchObject({ id: 'bag', reason: { text: 'Goes with Product shirt' } });
    // What the browser has just put in and nobody was told of yet counts as well.
    expect(await read('&hint=atie')).toMatchObject({ reason: 'live_profile_and_browser', items: [{ id: 'pin' }] });
  });

  it.for([
    ['this session alone once it tells enough', 5, false],
    ['earlier sessions, too, once this one is over', 45, true],
  ] as const)('goes by %s', async ([, minutesAgo, earlier], { expect }) => {
    const site = await makeSite();
    await upload(site, ['x', 'y', 'a', 'b', 'c', 'd', 'z']);
    const bags = [
      ['x', 'y'],
      ['x', 'y'],
      ['a', 'b', 'c', 'd', 'z'],
      ['a', 'b', 'c', 'd', 'z'],
    ];
    await feedSessions(env, site.id, sessionsOf(bags));
    expect((await publish(site)).status).toBe(200);
    const view = (product: string, ago: number) => makeEvent('ada', 'product_viewed', { product_id: product }, ago);
    const last = ['a', 'b', 'c', 'd'].map((product, at) => view(product, minutesAgo - at));
    await postEvents(site, [view('x', 200), ...last]);
    const answer = await send(`/v/recommendations?limit=10&${await asVisitor(site, 'ada')}`);
    const { tier, items } = await answer.json<{ tier: string; items: { id: string; reason: { code: string } }[] }>();
    const fromModel = items.filter(({ reason }) => reason.code === 'viewed').map(({ id }) => id);
    expect([tier, fromModel.sort()]).toEqual(['live', earlier ? ['y', 'z'] : ['z']]);
  });

  it('is the same after the shards were evicted, and unchanged blocks are not written again', async ({ expect }) => {
    const site = await makeSite();
    await feedSessions(
      env,
      site.id,
      sessionsOf([
        ['a', 'b', 'c'],
        ['b', 'd'],
        ['e', 'a'],
      ]),
    );
    const before = await publishModel(env, site.id);
    for (const stub of await servingShards(env, site.id)) await evictDurableObject(stub);
    await feedSessions(
      env,
      site.id,
      sessionsOf([
        ['a', 'b', 'c'],
        ['b', 'd'],
        ['e', 'a'],
      ]),
    );
    const after = await publishModel(env, site.id);
    if (!before.ok || !after.ok) throw new Error('refused');
    expect(after.manifest.shards).toEqual(before.manifest.shards);
    expect(after.manifest.sessions).toBe(3);
  });

  it('is published by the cron when something has changed, also after an eviction, and else not', async ({
    expect,
  }) => {
    const site = await makeSite();
    const changed = async () => Promise.all((await servingShards(env, site.id)).map((shard) => shard.hasChanged()));
    await feedSessions(env, site.id, sessionsOf([['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']]));
    for (const stub of await servingShards(env, site.id)) await evictDurableObject(stub);
    expect(await changed()).toContain(true);
    await publishSites(env, aRun());
    expect(await changed()).not.toContain(true);
    for (const stub of await servingShards(env, site.id)) await evictDurableObject(stub);
    expect(await changed()).not.toContain(true);
    expect((await publish(site)).status).toBe(200);
  });

  it('keeps what is trending over an eviction', async ({ expect }) => {
    const site = await makeSite();
    await upload(site, ['a', 'b']);
    await feedSessions(env, site.id, sessionsOf([['a'], ['b'], ['b']]));
    await publish(site);
    for (const stub of await servingShards(env, site.id)) await evictDurableObject(stub);
    await publish(site);
    const body = await (await send(`/v/recommendations?key=${site.writeKey}&strategy=trending`)).json();
    expect(body).toMatchObject({ items: [{ id: 'b' }, { id: 'a' }] });
  });

  it('goes back to the model before, and has none before the first', async ({ expect }) => {
    const site = await makeSite();
    await feedSessions(env, site.id, sessionsOf([['a', 'b']]));
    const first = await (await publish(site)).json<{ version: number }>();
    expect((await publish(site, 'rollback')).status).toBe(409);
    await feedSessions(env, site.id, [{ id: 'new', version: 1, endedAt: Date.now(), items: ['c', 'd'] }]);
    expect((await publish(site)).status).toBe(200);
    expect(await (await publish(site, 'rollback')).json()).toMatchObject({ version: first.version });
    // A rollback holds the model against the cron, however much the index changes, until somebody publishes.
    const current = async () =>
      (await send('/api/model', { headers: { authorization: `Bearer ${site.secretKey}` } })).json<{
        version: number;
        held: boolean;
      }>();
    await feedSessions(env, site.id, [{ id: 'newer', version: 1, endedAt: Date.now(), items: ['e', 'f'] }]);
    await publishSites(env, aRun());
    expect(await current()).toMatchObject({ version: first.version, held: true });
    expect((await publish(site)).status).toBe(200);
    expect(await current()).toMatchObject({ held: false });
  });

  it('falls to the catalogue when a block is missing, without an error', async ({ expect }) => {
    const site = await makeSite();
    await upload(site, ['a', 'b']);
    await feedSessions(env, site.id, sessionsOf([['a', 'b']]));
    const published = await publishModel(env, site.id);
    if (!published.ok) throw new Error('refused');
    await env.MODELS.delete(published.manifest.shards.flat().map(({ key }) => key));
    const response = await send(`/v/recommendations?key=${site.writeKey}&strategy=similar&item=a`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ tier: 'popular', items: [{ id: 'b' }] });
  });

  it('learns a visitor’s session from the events he sends', async ({ expect }) => {
    const site = await makeSite();
    await upload(site, ['x', 'y']);
    await postEvents(site, [
      makeEvent('ada', 'product_viewed', { product_id: 'x' }, 2),
      makeEvent('ada', 'product_viewed', { product_id: 'y' }, 1),
    ]);
    await expect
      .poll(
        async () =>
          (await Promise.all((await servingShards(env, site.id)).map((shard) => shard.summary(Date.now(), 0)))).flatMap(
            ({ counts }) => counts,
          ).length,
        { timeout: 10_000 },
      )
      .toBe(2);
    await publish(site);
    const body = await (await send(`/v/recommendations?key=${site.writeKey}&strategy=similar&item=x`)).json();
    expect(body).toMatchObject({ items: [{ id: 'y', reason: { code: 'similar' } }] });
  });
});
