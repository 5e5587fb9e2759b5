import { afterEach, beforeEach, describe, it, type MockInstance, vi } from 'vitest';
import { asVisitor, makeEvent, makeSite, send, type TestSite } from './site.ts';

let spy: MockInstance;
beforeEach(() => {
  spy = vi.spyOn(console, 'log');
});
afterEach(() => spy.mockRestore());

const lines = () => spy.mock.calls.map(([line]) => String(line));
const requests = () =>
  lines()
    .map((line) => JSON.parse(line))
    .filter(({ event }) => event === 'request');

/** What nobody may find in a log: keys, ids of people, bodies, cookies. */
const SECRETS = ['ann-device', 'ann-user', 'ann@shop.example', 'a-cookie-value', 'a-forged-token', 'in-the-body'];

/** A request of each kind of surface, with planted secrets wherever a request has room for one. */
function planted(site: TestSite, token: string): [route: string, status: number, path: string, init?: RequestInit][] {
  const cookie = `vitrine_id=ann-device; vitrine_token=${token}; other=a-cookie-value`;
  const json = { 'content-type': 'application/json' };
  const secret = { authorization: `Bearer ${site.secretKey}`, ...json };
  const event = {
    ...makeEvent('ann-device', 'identify', { email: 'ann@shop.example', note: 'in-the-body' }),
    userId: 'ann-user',
    proof: 'a-forged-token',
  };
  const post = (body: unknown, headers: Record<string, string>) => ({
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  const key = `key=${site.writeKey}`;
  return [
    ['POST /v/events', 202, `/v/events?${key}`, post({ events: [event] }, { ...json, cookie })],
    ['POST /v/events', 400, `/v/events?${key}`, post('in-the-body', json)],
    ['GET /v/recommendations', 200, `/v/recommendations?${key}&anonymousId=ann-device`, { headers: { cookie } }],
    ['GET /v/recommendations', 403, `/v/recommendations?${key}&userId=ann-user`],
    ['GET /v/fragments/:slot', 200, `/v/fragments/home?${key}`, { headers: { cookie } }],
    ['GET /v/profile', 200, `/v/profile?${key}`, { headers: { cookie } }],
    ['GET /v/profile', 403, `/v/profile?${key}`, { headers: { cookie: 'vitrine_id=ann-device' } }],
    [
      'POST /v/fragments/:slot',
      200,
      '/v/fragments/home',
      post({ key: site.writeKey, anonymousId: 'ann-device', visitorToken: token, hint: 'vin-the-body' }, {}),
    ],
    ['GET /v/beacon.js', 200, '/v/beacon.js'],
    ['GET unknown', 404, '/v/ann-device/a-cookie-value'],
    ['GET /v/recommendations', 401, '/v/recommendations?key=a-forged-token'],
    ['GET /api/users/:id', 404, '/api/users/ann-user', { headers: secret }],
    ['POST /api/users/:id/unlink', 404, '/api/users/ann-user/unlink', post({ anonymousId: 'ann-device' }, secret)],
    ['GET /api/users/:id/export', 200, '/api/users/ann-user/export', { headers: secret }],
    ['DELETE /api/devices/:id', 200, '/api/devices/ann-device', { method: 'DELETE', headers: secret }],
    [
      'POST /api/erasures/verify',
      200,
      '/api/erasures/verify',
      post({ receipt: 'a-forged-token', userId: 'ann-user' }, secret),
    ],
    ['GET /api/lake/objects/:key{.+}', 404, '/api/lake/objects/ann-device', { headers: secret }],
    ['POST /api/catalog', 200, '/api/catalog', post({ id: 'in-the-body' }, secret)],
    ['PUT /api/settings', 400, '/api/settings', { ...post({ nothing: 'in-the-body' }, secret), method: 'PUT' }],
    ['GET /api/settings', 401, '/api/settings', { headers: { authorization: 'Bearer a-forged-token' } }],
    ['OPTIONS *', 204, `/v/events?${key}`, { method: 'OPTIONS', headers: { origin: site.origin } }],
  ];
}

describe('the log', () => {
  it('has one line a request, with its route, site, status and time, and nothing of keys, people, bodies and cookies', async ({
    expect,
  }) => {
    const site = await makeSite();
    const token = new URLSearchParams(await asVisitor(site, 'ann-device')).get('visitorToken') ?? '';
    for (const [route, status, path, init] of planted(site, token)) {
      spy.mockClear();
      const answer = await send(path, init);
      await answer.arrayBuffer();
      expect([path, answer.status]).toEqual([path, status]);
      const [line, ...more] = requests();
      expect(more).toEqual([]);
      expect(line).toMatchObject({ status, ms: expect.any(Number), requestId: expect.stringMatching(/^[\w-]{8,}$/) });
      if (!route.startsWith('OPTIONS')) expect(line.route).toBe(route);
      if (status !== 401 && /users|devices|profile|recommend|fragment|events/.test(path))
        expect(line.site).toBe(site.id);
      for (const text of [...SECRETS, token, site.writeKey, site.secretKey])
        expect(lines().join('\n')).not.toContain(text);
    }
  });

  it('says of a read which tier served it and why', async ({ expect }) => {
    const site = await makeSite();
    await send(`/v/recommendations?key=${site.writeKey}&slot=home`);
    expect(requests()).toMatchObject([{ slot: 'home', strategy: 'for_you', tier: 'baseline', reason: 'no_model' }]);
  });
});
