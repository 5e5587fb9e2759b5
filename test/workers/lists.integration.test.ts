import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { pairSites } from '../../jobs/pair/pair-sites.ts';
import { publishModel } from '../../jobs/publish/publish-model.ts';
import { trendSites } from '../../jobs/trend/trend-sites.ts';
import { readList } from '../../stores/lists/keyed-lists.ts';
import { feedSessions } from '../../stores/model/feed-sessions.ts';
import { WaitBudget } from '../../stores/wait-budget.ts';
import { deliver, makeMessage } from './deliver.ts';
import { dyingAfter } from './dying.ts';
import { eventually } from './eventually.ts';
import { aRun, makeSite, send, type TestSite } from './site.ts';

/** A buyer's order of these products. */
function order(site: TestSite, buyer: string, items: readonly string[], vouched = false) {
  const message = makeMessage(site.id, buyer, [`order-${buyer}-${items.join('-')}`]);
  for (const event of message.events)
    Object.assign(event, {
      type: 'order_completed',
      properties: { order_id: event.id, products: items.map((item) => ({ product_id: item, quantity: 1 })), total: 1 },
      ...(vouched && { vouched: true }),
    });
  return message;
}

/** A shop with products and orders: cameras go with their lenses, and everybody takes a bag. */
async function shop(): Promise<TestSite> {
  const site = await makeSite();
  const products = ['camera', 'lens', 'bag', 'shirt', 'trousers', 'hat'];
  const lines = products.map((id) => JSON.stringify({ id, title: `Product ${id}`, url: `/p/${id}` }));
  const answer = await send('/api/catalog', {
    method: 'POST',
    headers: { authorization: `Bearer ${site.secretKey}`, 'content-type': 'application/x-ndjson' },
    body: lines.join('\n'),
  });
  const report = await answer.text();
  if (!report.includes(`"accepted":${products.length}`)) throw new Error(`the catalogue was refused: ${report}`);
  for (let buyer = 0; buyer < 12; buyer += 1) {
    await deliver([order(site, `photo-${buyer}`, ['camera', 'lens', 'bag'])]);
    await deliver([order(site, `dress-${buyer}`, ['shirt', 'trousers', 'bag'])]);
    await deliver([order(site, `plain-${buyer}`, ['hat', 'bag'])]);
  }
  return site;
}

interface Answer {
  readonly tier: string;
  readonly items: readonly {
    readonly id: string;
    readonly reason: { readonly code: string; readonly item?: string };
  }[];
}
async function together(site: TestSite, item: string): Promise<Answer> {
  const query = new URLSearchParams({ key: site.writeKey, strategy: 'bought_together', item, limit: '2' });
  return (await send(`/v/recommendations?${query}`)).json();
}
const boughtWith = async (site: TestSite, item: string) =>
  (await together(site, item)).items.flatMap(({ id, reason }) => (reason.code === 'bought_together' ? [id] : []));

describe('lists of products', () => {
  it('is counted from orders and shown beside a product; what everybody takes is not; the slot is full', async ({
    expect,
  }) => {
    const site = await shop();
    await pairSites(env, aRun());
    const { items } = await eventually(async () => {
      const answer = await together(site, 'camera');
      expect(answer.items.length).toBe(2);
      return answer;
    });
    expect(items[0]).toMatchObject({ id: 'lens', reason: { code: 'bought_together', item: 'camera' } });
    expect(items[1]?.reason.code).not.toBe('bought_together');
    expect(await boughtWith(site, 'lens')).toEqual(['camera']);
    expect(await boughtWith(site, 'shirt')).toEqual(['trousers']);
    expect(await boughtWith(site, 'hat')).toEqual([]);
    expect(await boughtWith(site, 'unknown')).toEqual([]);
  });

  it('is listed beside what is popular in each category, also of one of which nothing is popular in the shop', async ({
    expect,
  }) => {
    const site = await makeSite();
    const product = (id: string, category: string) => JSON.stringify({ id, category, title: id, url: `/p/${id}` });
    const hats = Array.from({ length: 90 }, (_, at) => `hat-${at}`);
    await send('/api/catalog', {
      method: 'POST',
      headers: { authorization: `Bearer ${site.secretKey}`, 'content-type': 'application/x-ndjson' },
      body: [
        ...hats.map((id) => product(id, 'hats')),
        ...['rope', 'knot', 'hook'].map((id) => product(id, 'climbing')),
      ].join('\n'),
    }).then((answer) => answer.text());
    const session = (id: string, items: string[]) => ({ id, version: 1, endedAt: Date.now(), items });
    await feedSessions(env, site.id, [
      ...hats.flatMap((hat) => [1, 2, 3].map((n) => session(`${hat}.${n}`, [hat]))),
      session('climber.1', ['knot']),
      session('climber.2', ['knot']),
      session('climber.3', ['hook']),
    ]);
    await publishModel(env, site.id);
    await trendSites(env, aRun());
    const popularIn = async (category: string) =>
      (await readList(env, 'popular', site.id, category, new WaitBudget(200))).map(({ item }) => item);
    expect(await popularIn('climbing')).toEqual(['knot', 'hook']);
    expect(await popularIn('hats')).toHaveLength(24);
    expect(await popularIn('boots')).toEqual([]);
  });

  it('forgets who was erased with the next count, which is due at once', async ({ expect }) => {
    const site = await makeSite();
    for (const buyer of ['ann', 'bob']) await deliver([order(site, buyer, ['p', 'q'])]);
    for (const buyer of ['cy', 'dan']) await deliver([order(site, buyer, ['r'])]);
    await pairSites(env, aRun());
    const held = async () => {
      const { objects } = await env.MODELS.list({ prefix: `together/${site.id}/` });
      const texts = await Promise.all(objects.map(async ({ key }) => (await env.MODELS.get(key))?.text()));
      return texts.filter((text) => text?.includes('["p",')).length;
    };
    const pointed = async () =>
      (await (await env.MODELS.get(`together/${site.id}/current.json`))?.json<{ lists: number }>())?.lists ?? 0;
    expect(await pointed()).toBe(0);
    for (const buyer of ['hal', 'ida', 'joe', 'kim', 'lea', 'max', 'nat', 'oli', 'pia'])
      await deliver([order(site, buyer, ['r'])]);
    // Not yet due: it was counted just now.
    await pairSites(env, aRun());
    expect(await pointed()).toBe(0);
    await pairSites(env, aRun(Date.now() + 3_600_000));
    expect(await pointed()).toBe(2);
    await send('/api/devices/ann', { method: 'DELETE', headers: { authorization: `Bearer ${site.secretKey}` } });
    await pairSites(env, aRun());
    expect(await pointed()).toBe(0);
    // The block of before is there for who reads it still, until the count after.
    expect(await held()).toBe(1);
    await pairSites(env, aRun(Date.now() + 3_600_000));
    expect(await held()).toBe(0);
  });

  it('serves the counts of before, whole, when a count dies anywhere', async ({ expect }) => {
    const site = await shop();
    await pairSites(env, aRun());
    for (const method of ['get', 'put'])
      for (const after of [0, 1]) {
        await deliver([order(site, `new-${method}-${after}`, ['hat', 'camera'])]);
        await pairSites(dyingAfter(after, 'MODELS', method), aRun(Date.now() + 3_600_000));
      }
    expect(await boughtWith(site, 'camera')).toEqual(['lens']);
  });
});
