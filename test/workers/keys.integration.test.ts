import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { SCOPES } from '../../core/sites/scopes.ts';
import { operatorKeyStatement } from '../../stores/sites/site-statements.ts';
import { api, SCOPE_OF } from '../../workers/api/app.ts';
import { eventually } from './eventually.ts';
import { makeEvent, makeSite, postEvents, send, type TestSite } from './site.ts';

interface Key {
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  readonly lastUsedAt: string | null;
  readonly leaked: { readonly by: string } | null;
}

const call = (method: string, path: string, key: string, body?: unknown, headers: Record<string, string> = {}) =>
  send(path, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
const make = async (site: TestSite, wanted: object, key = site.secretKey) =>
  (await (await call('POST', '/api/keys', key, wanted)).json()) as Key;
const keysOf = async (site: TestSite) =>
  ((await (await call('GET', '/api/keys', site.secretKey)).json()) as { keys: Key[] }).keys;
const codeOf = async (response: Response) => [response.status, ((await response.json()) as { code?: string }).code];

describe('keys', () => {
  it('are made beside those there are, listed without their text, and end, but for the last of a kind', async ({
    expect,
  }) => {
    const site = await makeSite();
    const made = await make(site, { kind: 'write', name: 'app' });
    expect(made).toMatchObject({
      kind: 'write',
      name: 'app',
      scopes: [],
      key: expect.stringMatching(/^wk_[\w-]{32}$/),
    });
    const event = makeEvent('ann', 'page_viewed');
    expect((await postEvents({ ...site, writeKey: made.key }, [event])).status).toBe(202);
    expect((await postEvents(site, [event])).status).toBe(202);
    const listed = await keysOf(site);
    expect(listed.map(({ kind }) => kind).sort()).toEqual(['secret', 'write', 'write']);
    expect(JSON.stringify(listed)).not.toContain(made.key);

    expect((await call('DELETE', `/api/keys/${made.id}`, site.secretKey)).status).toBe(204);
    const last = (await keysOf(site)).find(({ kind }) => kind === 'write')?.id;
    expect(await codeOf(await call('DELETE', `/api/keys/${last}`, site.secretKey))).toEqual([409, 'last_key']);
    expect(await codeOf(await call('DELETE', '/api/keys/deadbeef', site.secretKey))).toEqual([404, 'unknown_key']);
  });

  it('of two that end at once, the last of their kind stays', async ({ expect }) => {
    const site = await makeSite();
    await make(site, { kind: 'write' });
    const ids = (await keysOf(site)).filter(({ kind }) => kind === 'write').map(({ id }) => id);
    const ended = await Promise.all(ids.map((id) => call('DELETE', `/api/keys/${id}`, site.secretKey)));
    expect(ended.map(({ status }) => status).sort()).toEqual([204, 409]);
    expect((await keysOf(site)).filter(({ kind }) => kind === 'write')).toHaveLength(1);
  });

  it('with scopes open what these say and nothing else, and make no key that may more', async ({ expect }) => {
    const site = await makeSite();
    const { key } = await make(site, { kind: 'secret', scopes: ['catalog', 'people:read', 'keys'] });
    const open = async (method: string, path: string, body?: unknown) => codeOf(await call(method, path, key, body));
    expect((await open('GET', '/api/catalog'))[0]).toBe(200);
    expect((await open('GET', '/api/feeds'))[0]).toBe(200);
    expect((await open('GET', '/api/users/ann'))[1]).not.toBe('scope_missing');
    for (const [method, path] of [
      ['DELETE', '/api/users/ann'],
      ['GET', '/api/settings'],
      ['PUT', '/api/settings'],
      ['GET', '/api/failed-events'],
      ['GET', '/registry/subjects'],
      ['GET', '/metrics'],
      ['POST', '/v/events'],
      ['POST', '/v/import'],
      ['GET', '/v/recommendations?strategy=trending'],
    ] as const)
      expect([path, ...(await open(method, path, method === 'GET' ? undefined : {}))]).toEqual([
        path,
        403,
        'scope_missing',
      ]);
    const grant = async (scopes: string[]) => (await open('POST', '/api/keys', { kind: 'secret', scopes }))[0];
    expect([await grant(['catalog:read']), await grant(['people']), await grant([])]).toEqual([201, 403, 403]);
    expect(await open('POST', '/api/keys', { kind: 'write', scopes: ['nothing'] })).toEqual([400, 'invalid_key']);
  });

  it('of pages may be for events alone', async ({ expect }) => {
    const site = await makeSite();
    const { key } = await make(site, { kind: 'write', scopes: ['events'] });
    const own = { ...site, writeKey: key };
    expect((await postEvents(own, [makeEvent('ann', 'page_viewed')])).status).toBe(202);
    const read = await send(`/v/recommendations?key=${key}&strategy=trending`);
    expect(await codeOf(read)).toEqual([403, 'scope_missing']);
  });

  it('say when they were used last, and where they were seen that should not be', async ({ expect }) => {
    const site = await makeSite();
    const inUrl = await send(`/api/settings?key=${site.secretKey}`);
    expect(await codeOf(inUrl)).toEqual([400, 'secret_key_in_url']);
    const other = await make(site, { kind: 'secret' });
    const inPage = await call('GET', '/api/settings', other.key, undefined, { origin: site.origin });
    expect(await codeOf(inPage)).toEqual([403, 'secret_key_in_page']);
    await eventually(async () => {
      const keys = await keysOf(site);
      const [first, second] = keys.filter(({ kind }) => kind === 'secret');
      expect([first?.leaked?.by, second?.leaked?.by]).toEqual(['url', 'page']);
      expect(first?.lastUsedAt).toMatch(/^20/);
      expect(keys.find(({ kind }) => kind === 'write')).toMatchObject({ leaked: null, lastUsedAt: null });
    });
  });

  it('have each part of the API under a scope', ({ expect }) => {
    const parts = new Set(
      api.routes.map(({ path }) => path.split('/')[2] ?? '').filter((part) => !part.startsWith('*')),
    );
    expect([...parts].filter((part) => part !== '').sort()).toEqual(Object.keys(SCOPE_OF).sort());
    for (const scope of Object.values(SCOPE_OF)) expect(Object.keys(SCOPES)).toContain(scope);
  });
});

describe('an operator', () => {
  const operatorKey = async () => {
    const key = `ok_${crypto.randomUUID()}`;
    const { sql, values } = operatorKeyStatement(key, Date.now());
    await env.DB.prepare(sql)
      .bind(...values)
      .run();
    return key;
  };

  it('makes a site, once, whose keys work, and has no way into it', async ({ expect }) => {
    const key = await operatorKey();
    const id = `op-${crypto.randomUUID().slice(0, 8)}`;
    const wish = { id, jurisdiction: 'eu', origins: ['https://shop.example/'] };
    const both = await Promise.all([0, 1].map(() => call('POST', '/operator/sites', key, wish)));
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    const made = (await both.find(({ status }) => status === 201)?.json()) as { id: string; keys: Key[] };
    expect(made).toMatchObject({ id: `eu--${id}`, name: `eu--${id}`, origins: ['https://shop.example'] });
    const { sites } = (await (await call('GET', '/operator/sites', key)).json()) as { sites: { id: string }[] };
    expect(sites.map((site) => site.id)).toContain(`eu--${id}`);
    const keyOf = (kind: string) => made.keys.find((one) => one.kind === kind)?.key ?? '';
    const listed = await (await call('GET', '/api/keys', keyOf('secret'))).json();
    expect(listed).toMatchObject({ keys: expect.arrayContaining([expect.objectContaining({ kind: 'identity' })]) });
    expect((await (await call('GET', '/api/audit', keyOf('secret'))).json()) as object).toMatchObject({
      entries: [{ action: 'site.made', actor: expect.stringMatching(/^operator [0-9a-f]{8}$/) }],
    });
    const event = makeEvent('ann', 'page_viewed');
    expect((await call('POST', '/v/events', keyOf('write'), { events: [event] })).status).toBe(202);
    expect((await call('GET', '/api/keys', key)).status).toBe(401);
  });

  it('is known by his key alone, and told what is wrong with a site', async ({ expect }) => {
    const key = await operatorKey();
    const site = await makeSite();
    for (const wrong of ['', 'ok_guess', site.secretKey])
      expect(await codeOf(await call('GET', '/operator/sites', wrong))).toEqual([401, 'unknown_key']);
    expect(await codeOf(await call('POST', '/operator/sites', key, { id: 'No' }))).toEqual([400, 'invalid_site']);
    const origins = ['shop'];
    expect(await codeOf(await call('POST', '/operator/sites', key, { id: 'shop-x', origins }))).toEqual([
      400,
      'invalid_origin',
    ]);
    expect((await call('GET', '/operator/else', key)).status).toBe(404);
  });
});

describe('the audit trail', () => {
  it('tells of keys, origins, settings and doors, page by page, and of no key’s text', async ({ expect }) => {
    const site = await makeSite();
    const { key, id } = await make(site, { kind: 'secret', name: 'till' });
    await call('PATCH', '/api/site', key, { origins: ['https://Other.example/'] });
    await call('PUT', '/api/settings', key, { erasedIds: 'drop' });
    // What was changed a moment ago is not told again.
    await call('PUT', '/api/settings', key, { erasedIds: 'drop', bots: 'drop' });
    await call('PUT', '/api/schemas/order_completed/door', key, { mode: 'off' });
    await call('PUT', '/registry/config/order_completed', key, { compatibility: 'FULL' });
    await call('DELETE', `/api/keys/${id}`, site.secretKey);

    const entries: Record<string, unknown>[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await call('GET', `/api/audit?limit=2${cursor && `&cursor=${cursor}`}`, site.secretKey);
      const { entries: some, next } = (await page.json()) as { entries: typeof entries; next: string | null };
      entries.push(...some);
      cursor = next;
    }
    const actor = expect.stringMatching(/^key [0-9a-f]{8}$/);
    expect(entries.map(({ action }) => action)).toEqual([
      'key.revoked',
      'schema_config.changed',
      'door.changed',
      'settings.changed',
      'settings.changed',
      'site.origins',
      'key.made',
    ]);
    expect(entries[5]).toMatchObject({
      actor: `key ${id}`,
      subject: site.id,
      detail: { from: [site.origin], to: ['https://other.example'] },
    });
    expect(entries[4]).toMatchObject({ detail: { erasedIds: { from: 'anew', to: 'drop' } } });
    expect(entries[3]?.detail).toEqual({ bots: { from: 'mark', to: 'drop' } });
    expect(entries[0]).toMatchObject({ actor, subject: id, detail: { kind: 'secret', name: 'till' } });
    expect(JSON.stringify(entries)).not.toMatch(/[sw]k_/);
    const other = await makeSite();
    expect(await (await call('GET', '/api/audit', other.secretKey)).json()).toEqual({ entries: [], next: null });
  });

  it('says what is wrong with an origin, and changes nothing then', async ({ expect }) => {
    const site = await makeSite();
    const refused = await call('PATCH', '/api/site', site.secretKey, { name: 'New', origins: ['shop.example'] });
    expect(await refused.json()).toMatchObject({
      code: 'invalid_origin',
      detail: '"shop.example" is no origin: give scheme and host, e.g. https://shop.example.',
    });
    const now = await (await call('GET', '/api/site', site.secretKey)).json();
    expect(now).toEqual({ id: site.id, name: site.id, origins: [site.origin] });
  });
});

describe('limits', () => {
  it('let an address send so much with a write key, and others go on', async ({ expect }) => {
    const site = await makeSite();
    const from = (address: string) =>
      postEvents(site, [makeEvent('ann', 'page_viewed')], { 'cf-connecting-ip': address, origin: site.origin });
    const statuses: number[] = [];
    while (!statuses.includes(429) && statuses.length < 6_000) {
      const some = await Promise.all(Array.from({ length: 20 }, () => from('203.0.113.9')));
      statuses.push(...some.map(({ status }) => status));
    }
    expect(statuses.indexOf(429)).toBeGreaterThanOrEqual(600);
    const refused = await from('203.0.113.9');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '10']);
    expect(refused.headers.get('access-control-allow-origin')).toBe(site.origin);
    expect((await from('203.0.113.10')).status).toBe(202);
    const server = await call(
      'POST',
      '/v/events',
      site.secretKey,
      { events: [makeEvent('ann', 'page_viewed')] },
      {
        'cf-connecting-ip': '203.0.113.9',
      },
    );
    expect(server.status).toBe(202);
  });

  it('let an address try so many keys, and nobody whose key is known suffers', async ({ expect }) => {
    const site = await makeSite();
    const headers = { 'cf-connecting-ip': '203.0.113.77' };
    expect((await call('GET', '/api/settings', site.secretKey, undefined, headers)).status).toBe(200);
    const tried = await Promise.all(
      Array.from({ length: 140 }, (_, at) => call('GET', '/api/settings', `sk_guess_${at}`, undefined, headers)),
    );
    const statuses = Map.groupBy(tried, ({ status }) => status);
    expect([...statuses.keys()].sort()).toEqual([401, 429]);
    expect((await call('GET', '/api/settings', site.secretKey, undefined, headers)).status).toBe(200);
    expect((await call('GET', '/api/settings', 'sk_other')).status).toBe(401);
  });

  it('keep nobody out where the platform does not count', async ({ expect }) => {
    const site = await makeSite();
    const counts = env.LIMIT_ADDRESS.limit;
    let asked = 0;
    try {
      env.LIMIT_ADDRESS.limit = () => {
        asked += 1;
        return Promise.reject(new Error('away'));
      };
      const answer = await postEvents(site, [makeEvent('ann', 'page_viewed')], { 'cf-connecting-ip': '203.0.113.8' });
      expect([answer.status, asked]).toEqual([202, 1]);
    } finally {
      env.LIMIT_ADDRESS.limit = counts;
    }
  });
});
