import { describe, it } from 'vitest';
import { eventually } from './eventually.ts';
import { makeEvent, makeSite, postEvents, send, type TestSite } from './site.ts';
import { failedReasonsOf, lakeOf, rollupsOf } from './stores.ts';

const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

const put = (site: TestSite, settings: object) =>
  send('/api/settings', {
    method: 'PUT',
    headers: { authorization: `Bearer ${site.secretKey}` },
    body: JSON.stringify(settings),
  });

/** A site whose settings hold before anybody asked for them. */
async function siteWith(settings: object): Promise<TestSite> {
  const site = await makeSite();
  await put(site, settings);
  // What the isolate knows of the write key it learns with the next request.
  return site;
}

describe('bots', () => {
  it('are dropped where the site says so: answered, counted nowhere, and kept nowhere', async ({ expect }) => {
    const site = await siteWith({ bots: 'drop' });
    const dropped = await postEvents(site, [makeEvent('bot', 'page_viewed')], { 'user-agent': BOT });
    expect(await dropped.json()).toMatchObject({ accepted: 0, rejected: [{ code: 'bot' }] });
    const person = makeEvent('ann', 'page_viewed');
    expect(await (await postEvents(site, [person])).json()).toMatchObject({ accepted: 1 });
    await eventually(async () => expect(await rollupsOf(site.id)).toEqual({ page_viewed: 1 }));
    await eventually(async () => expect((await lakeOf(site.id)).map(({ id }) => id)).toEqual([person.id]));
    expect(await failedReasonsOf(site.id)).toEqual([]);
  });

  it.for([
    ['mark', true],
    ['keep', false],
  ] as const)('are taken where the site says %s', async ([bots, marked], { expect }) => {
    const site = await siteWith({ bots });
    await postEvents(site, [makeEvent('bot', 'page_viewed')], { 'user-agent': BOT });
    await eventually(async () => expect((await lakeOf(site.id)).map(({ client }) => client.bot)).toEqual([marked]));
  });
});

describe('headers and cookies of a request', () => {
  it('are kept where the site lists them, and no others', async ({ expect }) => {
    const site = await siteWith({ collect: { headers: ['Sec-CH-UA-Platform', 'x-ab'], cookies: ['plan'] } });
    const event = makeEvent('ann', 'page_viewed');
    const headers = {
      'sec-ch-ua-platform': '"Android"',
      'x-ab': 'b'.repeat(300),
      'x-other': 'private-other',
      'cf-connecting-ip': '203.0.113.44',
      cookie: 'plan=gold; shop_basket=private-basket',
    };
    await postEvents(site, [event], headers);
    // The same event again with other headers is the same event.
    await postEvents(site, [event], { ...headers, 'x-ab': 'other' });
    await eventually(async () => expect((await lakeOf(site.id)).length).toBeGreaterThan(0));
    const lines = await lakeOf(site.id);
    expect(lines[0]?.client).toMatchObject({
      headers: { 'sec-ch-ua-platform': '"Android"', 'x-ab': 'b'.repeat(256) },
      cookies: { plan: 'gold' },
    });
    expect(JSON.stringify(lines)).not.toMatch(/private-|203\.0\.113\.44/);
    await eventually(async () => expect(await rollupsOf(site.id)).toEqual({ page_viewed: 1 }));
    expect(await failedReasonsOf(site.id)).toEqual([]);
  });

  it('fit into a message however many and long they are', async ({ expect }) => {
    const names = Array.from({ length: 20 }, (_, at) => `x-long-${at}`);
    const site = await siteWith({ collect: { headers: names } });
    const headers = Object.fromEntries(names.map((name) => [name, '"'.repeat(400)]));
    const big = Array.from({ length: 12 }, () => makeEvent('ann', 'page_viewed', { title: 'x'.repeat(30_000) }));
    const answer = await postEvents(site, big, headers);
    expect([answer.status, await answer.json()]).toEqual([202, expect.objectContaining({ accepted: 12 })]);
    await eventually(async () => expect(await rollupsOf(site.id)).toEqual({ page_viewed: 12 }));
    const line = await eventually(async () => {
      const [first] = await lakeOf(site.id);
      expect(first).toBeDefined();
      return first;
    });
    const kept = Object.keys(line?.client.headers ?? {}).length;
    expect(kept).toBeGreaterThan(3);
    expect(kept).toBeLessThan(20);
  });

  it.for([
    ['authorization', 'headers'],
    ['Cookie', 'headers'],
    ['CF-Connecting-IP', 'headers'],
    ['x-forwarded-for', 'headers'],
    ['true-client-ip', 'headers'],
    ['x-vitrine-key', 'headers'],
    ['not a header', 'headers'],
    ['vitrine_token', 'cookies'],
    ['PHPSESSID', 'cookies'],
    ['connect.sid', 'cookies'],
    ['auth_token', 'cookies'],
    ['__Host-login', 'cookies'],
  ] as const)('%s is never kept', async ([name, list], { expect }) => {
    const refused = await put(await makeSite(), { collect: { [list]: [name] } });
    expect(refused.status).toBe(400);
    expect(((await refused.json()) as { detail: string }).detail).toContain(`collect.${list}.0`);
  });
});
