import { describe, it, vi } from 'vitest';
import { eventually, PATIENCE } from './eventually.ts';
import { makeSite, send, type TestSite } from './site.ts';
import { failedReasonsOf, lakeOf, rollupsOf } from './stores.ts';

const basic = (key: string) => ({ authorization: `Basic ${btoa(`${key}:`)}` });
const post = (call: string, body: unknown, headers: Record<string, string> = {}) =>
  send(`/v1/${call}`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const message = (more: object = {}) => ({
  ...{ messageId: crypto.randomUUID(), anonymousId: 'd1', timestamp: new Date().toISOString(), type: 'track' },
  ...{ event: 'Product Viewed', properties: { product_id: 'p1' }, ...more },
});
const counted = (site: TestSite, expected: object) =>
  vi.waitUntil(async () => JSON.stringify(await rollupsOf(site.id)) === JSON.stringify(expected), PATIENCE);

describe('POST /v1/…', () => {
  it('takes a batch, each message once, and answers 200 although one is bad', async ({ expect }) => {
    const site = await makeSite();
    const [good, bad] = [message(), message({ properties: {} })];
    for (let again = 0; again < 3; again += 1) {
      const answer = await post(
        'batch',
        { batch: [good, bad], sentAt: new Date().toISOString() },
        basic(site.writeKey),
      );
      expect([answer.status, await answer.json()]).toEqual([200, { success: true }]);
    }
    await counted(site, { product_viewed: 1 });
    expect(await failedReasonsOf(site.id)).toContain('invalid_properties');
  });

  it('takes one message at each address, with the key in the header or in the body', async ({ expect }) => {
    const site = await makeSite();
    for (const call of ['track', 't']) {
      const { type: _, ...one } = message();
      expect((await post(call, { ...one, writeKey: site.writeKey })).status).toBe(200);
    }
    const { type: _, event: __, ...page } = message({ properties: { url: '/x' } });
    expect((await post('p', page, basic(site.writeKey))).status).toBe(200);
    await counted(site, { page_viewed: 1, product_viewed: 2 });
  });

  it('refuses as a whole only what cannot be read, or whose key is unknown', async ({ expect }) => {
    const site = await makeSite();
    const status = async (call: string, body: unknown, headers = basic(site.writeKey)) =>
      (await post(call, body, headers)).status;
    expect(await status('batch', { batch: [message()] }, basic('wk_nobody'))).toBe(401);
    expect(await status('batch', { batch: 7 })).toBe(400);
    expect(await status('track', '[')).toBe(400);
    expect(await status('track', [])).toBe(400);
    expect(await status('constructor', {})).toBe(404);
    expect(await status('batch', { batch: Array.from({ length: 501 }, () => ({})) })).toBe(413);
    expect(await status('batch', { batch: [null, 7, 'x', {}, [], { type: 'track' }] })).toBe(200);
  });

  it('is open to the pages of the site, with what its library sends before', async ({ expect }) => {
    const site = await makeSite();
    const headers = { origin: site.origin, 'access-control-request-headers': 'authorization,x-retry-count' };
    const asked = await send('/v1/b', { method: 'OPTIONS', headers });
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(asked.headers.get('access-control-allow-origin')).toBe(site.origin);
    const answer = await post('b', { batch: [message()] }, { ...basic(site.writeKey), origin: site.origin });
    expect(answer.headers.get('access-control-allow-origin')).toBe(site.origin);
    const other = await post('b', { batch: [message()] }, { ...basic(site.writeKey), origin: 'https://other.example' });
    expect(other.status).toBe(403);
    const settings = await send(`/v1/projects/${site.writeKey}/settings`, { headers: { origin: site.origin } });
    expect(await settings.json()).toMatchObject({
      integrations: { 'Segment.io': { apiKey: site.writeKey, apiHost: 'vitrine.example/v1', protocol: 'https' } },
    });
  });

  it('/v1/import takes history, as a server sends it', async ({ expect }) => {
    const site = await makeSite();
    const old = { type: 'track', event: 'Old One', userId: 'ann', messageId: 'h1', timestamp: '2024-05-01T12:00:00Z' };
    const post = (call: string, key: string) =>
      send(`/v1/${call}`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${key}:`)}` },
        body: JSON.stringify({ batch: [old] }),
      });
    for (const [call, key] of [
      ['batch', site.secretKey],
      ['import', site.writeKey],
    ] as const)
      expect((await post(call, key)).status).toBe(200);
    expect(await lakeOf(site.id)).toEqual([]);
    await post('import', site.secretKey);
    expect(await lakeOf(site.id)).toMatchObject([{ id: 'h1', type: 'old_one', ledger: 'u/ann' }]);
  });

  it('takes what mobile libraries send, each form as it is documented', async ({ expect }) => {
    const site = await makeSite();
    const now = new Date().toISOString();
    const common = {
      anonymousId: '9B1DEB4D-3B7D-4BAD-9BDD-2B0D7B3DCB6D',
      timestamp: now,
      integrations: {},
      context: {
        app: { name: 'Shop', version: '2.1.0', build: '210', namespace: 'com.shop.app' },
        device: { id: 'B5372DB0', manufacturer: 'Apple', model: 'iPhone7,2', type: 'ios', name: 'maguro' },
        library: { name: 'analytics-swift', version: '1.5.11' },
        locale: 'de-CH',
        network: { cellular: true, wifi: false },
        os: { name: 'iOS', version: '17.4' },
        screen: { width: 320, height: 568 },
        timezone: 'Europe/Zurich',
      },
    };
    const batch = [
      { ...common, type: 'track', event: 'Application Opened', messageId: 'a', properties: { from_background: false } },
      { ...common, type: 'screen', name: 'Product', messageId: 'b', properties: { product_id: 'p1' } },
      {
        ...common,
        type: 'track',
        event: 'Product Added',
        messageId: 'c',
        properties: { product_id: 'p1', quantity: 1 },
      },
      { ...common, type: 'identify', userId: 'ann', messageId: 'd', traits: { plan: 'gold' } },
      { ...common, type: 'group', userId: 'ann', groupId: 'club', messageId: 'e', traits: { size: 5 } },
      { ...common, type: 'alias', userId: 'ann', previousId: 'a-1', messageId: 'f' },
    ];
    const response = await send('/v1/b', {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'analytics-ios/1.5.11' },
      body: JSON.stringify({ batch, sentAt: now, writeKey: site.writeKey }),
    });
    expect(response.status).toBe(200);
    const right = {
      ...{ alias: 1, application_opened: 1, group: 1, identify: 1, product_added: 1, screen_viewed: 1 },
    };
    await eventually(async () => expect(await rollupsOf(site.id)).toEqual(right));
    expect(await failedReasonsOf(site.id)).toEqual([]);
    // The lake is written behind the rollups.
    await eventually(async () => {
      const [opened] = (await lakeOf(site.id)).filter(({ id }) => id === 'a');
      expect(opened).toMatchObject({ type: 'application_opened', context: { app: { version: '2.1.0' } } });
    });
  });
});
