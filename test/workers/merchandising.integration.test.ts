import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it, vi } from 'vitest';
import type { Explanation } from '../../core/decide/explanation.ts';
import { forgetDefinitions } from '../../stores/config/definitions.ts';
import { currentPlan } from '../../stores/merchandising/current-plan.ts';
import worker from '../../workers/index.ts';
import { eventually } from './eventually.ts';
import { asVisitor, makeEvent, makeSite, postEvents, send, type TestSite } from './site.ts';

const secret = (site: TestSite) => ({ authorization: `Bearer ${site.secretKey}`, 'content-type': 'application/json' });
const call = async <T = Record<string, unknown>>(site: TestSite, method: string, path: string, body?: unknown) => {
  const response = await send(`/api/merchandising${path}`, {
    method,
    headers: secret(site),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: response.status === 204 ? undefined : await response.json<T>() };
};
const publish = async (site: TestSite, document: object, note?: string) => {
  const saved = await call(site, 'PUT', '/draft', document);
  if (saved.status !== 200) throw new Error(JSON.stringify(saved.body));
  return call<{ version: number }>(site, 'POST', '/publish', note === undefined ? {} : { note });
};
interface Answer {
  tier: string;
  heading?: string;
  content?: { name: string; title?: string };
  items: { id: string; reason: { code: string } }[];
  explanation?: Explanation & { merchandising: number };
  code?: string;
}
const read = async (site: TestSite, query: string) =>
  (await send(`/v/recommendations?key=${site.writeKey}&${query}`)).json<Answer>();
const idsOf = ({ items }: Answer) => items.map(({ id }) => id);

async function shop(): Promise<TestSite> {
  const site = await makeSite();
  const rows = ['a', 'b', 'c', 'd', 'e', 'f'].map((id, at) => ({
    id,
    title: `Product ${id}`,
    url: `/p/${id}`,
    price: `${10 * (at + 1)} EUR`,
    brand: at % 2 === 0 ? 'Loom' : 'Weft',
  }));
  await send('/api/catalog', {
    method: 'POST',
    headers: secret(site),
    body: rows.map((row) => JSON.stringify(row)).join('\n'),
  });
  return site;
}
const pin = (items: string[], more: object = {}) => ({ name: 'pin', actions: [{ do: 'pin', items }], ...more });

describe('slots and rules', () => {
  it('are saved, published, compared and rolled back, and nothing but what is published holds', async ({ expect }) => {
    const site = await shop();
    const home = 'slot=home&strategy=trending&limit=3';
    expect(idsOf(await read(site, home))).toEqual(['a', 'b', 'c']);
    const document = { rules: [pin(['f'])], slots: { home: { strategies: ['trending'], limit: 2 } } };
    expect((await call(site, 'PUT', '/draft', document)).status).toBe(200);
    expect(idsOf(await read(site, home))).toEqual(['a', 'b', 'c']);
    expect((await call<{ differences: unknown[] }>(site, 'GET', '/diff')).body?.differences).toHaveLength(2);
    expect((await call(site, 'POST', '/publish', { note: 'first' })).body).toEqual({ version: 1 });
    expect(idsOf(await read(site, home))).toEqual(['f', 'a']);
    expect(idsOf(await read(site, 'slot=other&strategy=trending&limit=2'))).toEqual(['f', 'a']);
    await publish(site, { rules: [] });
    expect(idsOf(await read(site, home))).toEqual(['a', 'b', 'c']);
    expect((await call(site, 'POST', '/rollback', { version: 1 })).body).toEqual({ version: 3 });
    expect(idsOf(await read(site, home))).toEqual(['f', 'a']);
    expect((await call(site, 'POST', '/rollback', { version: 9 })).status).toBe(404);
    const { versions } = (
      await call<{ versions: { version: number; note: string | null }[] }>(site, 'GET', '/versions')
    ).body ?? { versions: [] };
    expect(versions.map(({ version, note }) => [version, note])).toEqual([
      [3, 'back to version 1'],
      [2, null],
      [1, 'first'],
    ]);
    expect((await call(site, 'GET', '')).body).toMatchObject({ version: 3, draft: null });
    const other = await shop();
    expect((await call(other, 'GET', '')).body).toMatchObject({ version: 0 });
  });

  it('are refused with every mistake at its place, and by names that the site has', async ({ expect }) => {
    const site = await shop();
    const refused = await call<{ code: string; faults: { path: string; line?: number }[] }>(site, 'PUT', '/draft', {
      rules: [pin([], { when: 'segments.vip' }), { name: 'b', actions: [{ do: 'exclude', where: 'item.price >' }] }],
    });
    expect(refused).toMatchObject({
      status: 400,
      body: {
        code: 'invalid_merchandising',
        faults: [
          { path: 'rules.0.actions.0.items' },
          { path: 'rules.0.when' },
          { path: 'rules.1.actions.0.where', line: 1 },
        ],
      },
    });
    const named = await call(site, 'PUT', '/draft', { rules: [pin(['a'], { when: 'segments.vip' })] });
    expect(named.body).toMatchObject({
      faults: [{ path: 'rules.0.when', line: 1, column: 1, message: 'segments has no "vip"; there are: none yet' }],
    });
    expect((await call(site, 'POST', '/publish', {})).body).toMatchObject({ code: 'no_draft' });
  });

  it('of two who publish from one version only the first does', async ({ expect }) => {
    const site = await shop();
    await call(site, 'PUT', '/draft', { rules: [pin(['a'])] });
    await env.DB.prepare(
      'INSERT INTO merchandising_versions (site, version, document, published_at) VALUES (?, 1, ?, 0)',
    )
      .bind(site.id, '{"rules":[]}')
      .run();
    expect(await call(site, 'POST', '/publish', {})).toMatchObject({
      status: 409,
      body: { code: 'published_meanwhile' },
    });
    expect((await call(site, 'GET', '')).body).toMatchObject({ version: 1, draft: { base: 0 } });
  });

  it('hold for the visitor’s segments, attributes, device and page', async ({ expect }) => {
    const site = await shop();
    const headers = secret(site);
    const put = (path: string, body: object) => send(path, { method: 'PUT', headers, body: JSON.stringify(body) });
    await put('/api/attributes/views', { event: 'product_viewed', aggregate: 'count', window: '24h' });
    await put('/api/segments/browsing', { condition: 'attributes.views >= 2' });
    await env.DB.batch(
      ['attributes', 'segments'].map((table) =>
        env.DB.prepare(`UPDATE ${table} SET since = 0 WHERE site = ?`).bind(site.id),
      ),
    );
    await publish(site, {
      slots: {
        home: {
          strategies: ['trending'],
          limit: 3,
          heading: { default: 'For you', de: 'Für dich' },
          content: {
            default: { title: { default: 'Welcome' } },
            vip: { title: { default: 'Dear guest', de: 'Lieber Gast' } },
          },
        },
      },
      rules: [
        {
          name: 'guests',
          when: 'segments.browsing',
          slots: ['home'],
          actions: [
            { do: 'content', content: 'vip' },
            { do: 'pin', items: ['e'] },
          ],
        },
        {
          name: 'campaign',
          when: 'context.campaign == "summer" && context.page.startsWith("/sale")',
          actions: [{ do: 'exclude', where: 'item.price > 15' }],
        },
      ],
    });
    const visitor = await asVisitor(site, 'ada');
    const before = await read(site, `slot=home&${visitor}`);
    expect([idsOf(before), before.content, before.heading]).toEqual([
      ['a', 'b', 'c'],
      { name: 'default', title: 'Welcome' },
      'For you',
    ]);
    await postEvents(
      site,
      [1, 2].map(() => makeEvent('ada', 'product_viewed', { product_id: 'a' })),
    );
    await eventually(async () => {
      const after = await read(site, `slot=home&locale=de-AT&${visitor}`);
      expect([idsOf(after), after.content, after.heading]).toEqual([
        ['e', 'a', 'b'],
        { name: 'vip', title: 'Lieber Gast' },
        'Für dich',
      ]);
    });
    const page = encodeURIComponent('https://shop.example/sale/x?utm_campaign=summer');
    expect(idsOf(await read(site, `slot=home&page=${page}`))).toEqual(['a']);
    const html = await (await send(`/v/fragments/home?locale=de&${visitor}`)).text();
    expect(html).toContain('<strong class="vitrine-content-title">Lieber Gast</strong>');
    expect(html).toContain('<h2 class="vitrine-heading">Für dich</h2>');
  });

  it('ask the profile only where a rule may hold that asks of it', async ({ expect }) => {
    const site = await shop();
    const rule = pin(['f'], { when: 'context.page == "/sale" && (!visitor.known || visitor.sessions >= 0)' });
    await publish(site, { slots: { home: { strategies: ['trending'], limit: 2 } }, rules: [rule] });
    let asked = 0;
    const { USER_PROFILE } = env;
    const counting = new Proxy(USER_PROFILE, {
      get: (target, name) => {
        if (name === 'get') asked += 1;
        const value = Reflect.get(target, name) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const shown = async (page: string) => {
      const path = `/v/recommendations?slot=home&anonymousId=ada&page=https://shop.example${page}`;
      const request = new Request(`https://vitrine.example${path}`, { headers: secret(site) });
      const counted = { ...env, USER_PROFILE: counting };
      const fetched = worker.fetch(request as Parameters<typeof worker.fetch>[0], counted, createExecutionContext());
      return [idsOf(await (await fetched).json<Answer>()), asked];
    };
    expect(await shown('/')).toEqual([['a', 'b'], 0]);
    expect(await shown('/sale')).toEqual([['f', 'a'], 1]);
  });

  it('are explained to who has the secret key, and to nobody else', async ({ expect }) => {
    const site = await shop();
    await publish(site, {
      slots: { home: { strategies: ['trending'], limit: 2, filter: 'item.price < 60' } },
      rules: [
        pin(['d']),
        { name: 'no weft', actions: [{ do: 'exclude', where: 'item.brand == "Weft"' }], priority: -1 },
        { name: 'later', schedule: { from: '2099-01-01T00:00' }, actions: [{ do: 'exclude', where: 'true' }] },
      ],
    });
    const asked = await send('/v/recommendations?slot=home&explain=1&item=a', { headers: secret(site) });
    const { explanation, items } = await asked.json<Answer>();
    // A rule that stands behind does not take a pinned product out.
    expect(items.map(({ id, reason }) => [id, reason.code])).toEqual([
      ['d', 'pinned'],
      ['c', 'catalogue'],
    ]);
    expect(explanation).toMatchObject({
      merchandising: 1,
      strategies: ['trending'],
      rules: [
        { rule: 'pin', holds: true },
        { rule: 'later', holds: false, why: 'schedule' },
        { rule: 'no weft', holds: true },
      ],
      items: [
        { item: 'd', rules: ['pin'] },
        { item: 'c', rules: [] },
      ],
      removed: expect.arrayContaining([
        { item: 'a', by: 'page' },
        { item: 'b', by: 'rule: no weft' },
      ]),
    });
    expect(await read(site, 'slot=home&explain=1')).toMatchObject({ code: 'secret_key_required' });
  });

  it('are seen before they are published, for a visitor who is made up', async ({ expect }) => {
    const site = await shop();
    await send('/api/segments/vip', {
      method: 'PUT',
      headers: secret(site),
      body: JSON.stringify({ condition: 'traits.tier == "gold"' }),
    });
    await call(site, 'PUT', '/draft', {
      slots: { home: { strategies: ['for_you', 'trending'], limit: 3 } },
      rules: [
        pin(['f'], { when: 'segments.vip && context.device == "mobile"', schedule: { from: '2099-01-01T00:00' } }),
      ],
    });
    const preview = async (body: object) =>
      (await call<Answer>(site, 'POST', '/preview', { slot: 'home', ...body })).body as Answer;
    const pretend = {
      segments: ['vip'],
      context: { device: 'mobile' },
      recent: ['a'],
      at: Date.parse('2099-06-01T00:00Z'),
    };
    const shown = await preview({ pretend });
    expect(shown).toMatchObject({ tier: 'live', items: [{ id: 'f' }, { reason: { code: 'related' } }, {}] });
    expect(shown.explanation?.removed).toContainEqual({ item: 'a', by: 'seen' });
    expect(idsOf(await preview({ pretend: { ...pretend, at: Date.now() } }))).not.toContain('f');
    expect((await preview({ draft: false, pretend })).explanation?.rules).toEqual([]);
    expect(idsOf(await read(site, 'slot=home&strategy=trending&limit=3'))).toEqual(['a', 'b', 'c']);
  });

  it('that cannot be used, or cannot be read, leave the last good ones in force', async ({ expect }) => {
    const site = await shop();
    await publish(site, { rules: [pin(['f'])] });
    expect(idsOf(await read(site, 'strategy=trending&limit=1'))).toEqual(['f']);
    const insert = (version: number, document: string) =>
      env.DB.prepare('INSERT INTO merchandising_versions (site, version, document, published_at) VALUES (?, ?, ?, 0)')
        .bind(site.id, version, document)
        .run();
    for (const [version, document] of [
      [2, '{"rules":[{"name":"x","actions":[{"do":"exclude","where":"((("}]}]}'],
      [3, '{'],
      [4, '{"rules":7}'],
    ] as const) {
      await insert(version, document);
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 * version });
      try {
        expect([version, idsOf(await read(site, 'strategy=trending&limit=1'))]).toEqual([version, ['f']]);
      } finally {
        vi.useRealTimers();
      }
    }
    const away = new Proxy(env.DB, {
      get: () => () => {
        throw new Error('D1 is away');
      },
    });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 600_000 });
    try {
      expect((await currentPlan({ ...env, DB: away }, site.id))?.version).toBe(1);
      expect(await currentPlan({ ...env, DB: away }, 'unknown')).toBe(null);
    } finally {
      vi.useRealTimers();
    }
  });

  it('show a banner as often as they shall, by what the visitor was shown, and not once more', async ({ expect }) => {
    const site = await shop();
    const definition = {
      ...{ event: 'recommendation_shown', aggregate: 'count', window: '1d' },
      where: 'properties.content == "winter"',
    };
    const defined = await send('/api/attributes/winter_shown', {
      method: 'PUT',
      headers: secret(site),
      body: JSON.stringify(definition),
    });
    expect(defined.ok).toBe(true);
    await env.DB.prepare('UPDATE attributes SET since = 0 WHERE site = ?').bind(site.id).run();
    forgetDefinitions(site.id);
    await publish(site, {
      slots: { home: { content: { winter: { title: { default: 'Winter' } } } } },
      rules: [
        {
          name: 'three times',
          when: '!("winter_shown" in attributes) || attributes.winter_shown < 3',
          actions: [{ do: 'content', content: 'winter' }],
        },
      ],
    });
    const [visitor, other] = [crypto.randomUUID(), crypto.randomUUID()];
    const banner = async (who: string) =>
      (await (await send(`/v/recommendations?slot=home&${await asVisitor(site, who)}`)).json<Answer>()).content?.name;
    for (let shown = 0; shown < 3; shown += 1) {
      expect(await banner(visitor)).toBe('winter');
      const event = makeEvent(visitor, 'recommendation_shown', { slot: 'home', content: 'winter' });
      // The same once more is the same one.
      await postEvents(site, [event, event]);
    }
    expect(await banner(visitor)).toBeUndefined();
    expect(await banner(other)).toBe('winter');
  });

  it('are explained by a signed link, for an hour and to its own site', async ({ expect }) => {
    const [site, other] = [await shop(), await shop()];
    const link = async (of: TestSite) =>
      (await call<{ token: string; until: number }>(of, 'POST', '/explain-token')).body as {
        token: string;
        until: number;
      };
    const { token, until } = await link(site);
    expect(until).toBeGreaterThan(Date.now() + 3_500_000);
    const ask = (given: string) => send(`/v/recommendations?key=${site.writeKey}&explain=1&explainToken=${given}`);
    expect((await (await ask(token)).json<Answer>()).explanation?.strategies).toEqual(['for_you']);
    for (const bad of ['', 'x', `${token}x`, (await link(other)).token, `${token.split('.')[0]}.`])
      expect((await ask(bad)).status).toBe(403);
    // A session of the console is no such link, nor the other way round.
    const session = await send('/console/session', {
      method: 'POST',
      headers: { 'x-vitrine-console': '1', 'content-type': 'application/json' },
      body: JSON.stringify({ secretKey: site.secretKey }),
    });
    const cookie = (session.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    expect((await ask(cookie.split('=')[1] ?? '')).status).toBe(403);
    const headers = { 'x-vitrine-console': '1', cookie: `__Host-vitrine_console=${token}` };
    expect((await send('/api/settings', { headers })).status).toBe(401);
  });
});
