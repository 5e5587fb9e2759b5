import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test';
import { describe, it, vi } from 'vitest';
import { visitorToken } from '../../core/identity/visitor-token.ts';
import { findSite } from '../../stores/sites/site.ts';
import worker from '../../workers/index.ts';
import { makeEvent, makeSite, postEvents, send, type TestSite } from './site.ts';

type Serve = (request: Request) => Response | Promise<Response>;
const secret = (site: TestSite) => ({ authorization: `Bearer ${site.secretKey}`, 'content-type': 'application/json' });
const hostOf = (site: TestSite) => new URL(site.origin).host;
const page = (body: string, headers: Record<string, string> = {}) =>
  new Response(`<!doctype html><html lang="en"><body>${body}</body></html>`, {
    headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
  });
const SLOT = '<vitrine-slot name="home" strategy="for_you" limit="2"><p>own</p></vitrine-slot>';

async function shop(): Promise<TestSite> {
  const site = await makeSite();
  const rows = ['a', 'b', 'c', 'd'].map((id) => ({
    ...{ id, title: `Größe ${id}`, url: `https://origin.example/p/${id}`, category: id < 'c' ? 'one' : 'two' },
  }));
  await send('/api/catalog', {
    method: 'POST',
    headers: secret(site),
    body: rows.map((row) => JSON.stringify(row)).join('\n'),
  });
  return site;
}

/** A request of a browser to the shop's host, while the shop's own server answers with `serve`. */
async function visit(site: TestSite, path: string, serve: Serve, init: RequestInit = {}, vars: object = {}) {
  const spy = vi
    .spyOn(globalThis, 'fetch')
    .mockImplementation(async (to, said) => serve(new Request(to as RequestInfo, said as RequestInit)));
  const hosts = { [hostOf(site)]: { site: site.id, upstream: 'https://origin.example' } };
  const ctx = createExecutionContext();
  try {
    const request = new Request(`${site.origin}${path}`, { redirect: 'manual', ...init });
    const response = await worker.fetch(
      request as Parameters<typeof worker.fetch>[0],
      { ...env, PROXY_HOSTS: JSON.stringify(hosts), ...vars } as Env,
      ctx,
    );
    const text = await response.text();
    await waitOnExecutionContext(ctx);
    return { status: response.status, headers: response.headers, text };
  } finally {
    spy.mockRestore();
  }
}

async function cookieOf(site: TestSite, anonymousId: string): Promise<string> {
  const known = await findSite(env, site.writeKey);
  return `vitrine_id=${anonymousId}; vitrine_token=${visitorToken(known?.visitorKey ?? '', anonymousId)}`;
}

async function viewer(site: TestSite, item: string): Promise<string> {
  const id = crypto.randomUUID();
  await postEvents(site, [makeEvent(id, 'product_viewed', { product_id: item })]);
  return cookieOf(site, id);
}

describe('a page that comes through Vitrine', () => {
  it('has its slots filled, with its own content inert behind it, for each visitor his own', async ({ expect }) => {
    const site = await shop();
    const first = await visit(site, '/', () => page(`<h1>Shop</h1>${SLOT}<p>after</p>`));
    expect(first.status).toBe(200);
    expect(first.text).toMatch(
      /<h1>Shop<\/h1><vitrine-slot [^>]*><section class="vitrine-slot[\s\S]*<\/section><template data-vitrine-edge="baseline [a-z_]+"><p>own<\/p><\/template><\/vitrine-slot><p>after<\/p>/,
    );
    expect(first.text).toContain('Größe a');
    for (const type of ['text/html', 'text/html; charset=iso-8859-1', 'text/html; charset=windows-1252']) {
      const other = await visit(site, '/', () => page(SLOT, { 'content-type': type }));
      expect(other.text).toContain('Gr&#xf6;&#xdf;e a');
    }
    // The shop's own server is not where visitors go.
    expect(first.text).toContain('href="/p/a"');
    const cookie = await viewer(site, 'c');
    const known = await visit(site, '/', () => page(SLOT), { headers: { cookie } });
    expect(known.text).toContain('data-vitrine-edge="live live_profile_by_content"');
    expect(known.text).toContain('data-product-id="d"');
    expect(known.text).not.toContain('data-product-id="c"');
    // Without the token, the cookie says nothing of anybody.
    const forged = await visit(site, '/', () => page(SLOT), { headers: { cookie: cookie.split(';')[0] ?? '' } });
    expect(forged.text).toContain('data-vitrine-edge="baseline ');
  });

  it('knows the click before it by the hint of the browser', async ({ expect }) => {
    const site = await shop();
    const id = crypto.randomUUID();
    const cookie = `${await cookieOf(site, id)}; vitrine_hint=vc`;
    const { text } = await visit(site, '/', () => page(SLOT), { headers: { cookie } });
    expect(text).toMatch(/data-vitrine-edge="[a-z_]+ [a-z_]*browser[a-z_]*"/);
    expect(text).toContain('data-product-id="d"');
  });

  it('has includes filled, attributes kept, and nothing broken by what is written badly', async ({ expect }) => {
    const site = await shop();
    const filled = /<section class="vitrine-slot/g;
    const of = async (body: string) => (await visit(site, `/${crypto.randomUUID()}`, () => page(body))).text;
    const include = await of('<p>x</p><esi:include src="/v/fragments/home?strategy=trending&limit=1"/><p>y</p>');
    expect(include).toMatch(
      /<p>x<\/p><div data-vitrine-slot="home"><section[\s\S]*<\/section><template [^>]*><\/template><\/div><p>y<\/p>/,
    );
    expect(await of('<esi:include src="https://evil.example/v/fragments/x"/>')).toContain('<esi:include');
    for (const [body, slots] of [
      ['<div><vitrine-slot name="a"/>B</div><p>C</p>', 1],
      ['<div><vitrine-slot name="a">B</div><p>C</p>', 1],
      ['<vitrine-slot name="a">B', 1],
      ['<img data-vitrine-slot="a"><p>C</p>', 0],
      ['<script data-vitrine-slot="a">1</script><textarea data-vitrine-slot="b"></textarea>', 0],
      ['<!-- <vitrine-slot name="a"></vitrine-slot> -->', 0],
      ['<div data-vitrine-slot="a">x<div data-vitrine-slot="b">y</div>z</div>', 1],
      ['<vitrine-slot name="has space"></vitrine-slot><vitrine-slot></vitrine-slot>', 0],
      [
        '<vitrine-slot name="a" strategy="nonsense"></vitrine-slot><vitrine-slot name="b" limit="9999"></vitrine-slot>',
        0,
      ],
      ['<vitrine-slot name="a" strategy="similar"></vitrine-slot>', 0],
      ['<vitrine-slot name="a" strategy="similar" item="&#99;"></vitrine-slot>', 1],
      ['<table><tr><td data-vitrine-slot="a">x</td></tr></table>', 1],
      [`${'<vitrine-slot name="a"></vitrine-slot>'.repeat(3)}`, 3],
    ] as const) {
      const text = await of(body);
      expect([body, text.match(filled)?.length ?? 0]).toEqual([body, slots]);
      const opened = text.match(/<template[ >]/g)?.length ?? 0;
      expect([body, text.match(/<\/template>/g)?.length ?? 0]).toEqual([body, opened]);
    }
    // Of a page that ends in the middle of a slot all of it is there, and nothing stays open.
    const cut = await visit(
      site,
      '/cut',
      () =>
        new Response('<p>x</p><vitrine-slot name="a">own', { headers: { 'content-type': 'text/html; charset=utf-8' } }),
    );
    expect(cut.text).toMatch(/<template [^>]*>own<\/template>$/);
    const many = Array.from({ length: 30 }, (_, n) => `<vitrine-slot name="s${n}">own</vitrine-slot>`).join('');
    expect((await of(many)).match(filled)).toHaveLength(20);
  });

  it('is asked for whole, and is kept by nobody', async ({ expect }) => {
    const site = await shop();
    const asked: Headers[] = [];
    const serve: Serve = (request) => {
      asked.push(request.headers);
      return page(SLOT, {
        etag: '"v1"',
        'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
        'cache-control': 'public, s-maxage=3600',
        expires: 'Fri, 01 Jan 2027 00:00:00 GMT',
        age: '5',
        'surrogate-control': 'max-age=9',
        'set-cookie': 'cart=1',
      });
    };
    const { headers } = await visit(site, '/', serve, {
      headers: {
        'if-none-match': '"v1"',
        'if-modified-since': 'Thu, 01 Jan 2026 00:00:00 GMT',
        'accept-encoding': 'zstd, gzip',
      },
    });
    expect(asked[0]?.get('if-none-match')).toBeNull();
    expect(asked[0]?.get('if-modified-since')).toBeNull();
    expect(asked[0]?.get('accept-encoding')).toBe('gzip');
    expect(asked[0]?.get('x-forwarded-host')).toBe(hostOf(site));
    expect(headers.get('cache-control')).toBe('private, no-store');
    for (const name of ['etag', 'last-modified', 'expires', 'age', 'surrogate-control'])
      expect(headers.get(name)).toBeNull();
    expect(headers.get('set-cookie')).toBe('cart=1');
  });

  const CONFUSED =
    '/account/x.css /account/x.js /home/.png /home/..%2fx.css /home%2fx.js /home;x.css /home%00.js /home%0a.css /home%23x.png /home%3fx.css /home/x.css?y /home//x.ico /home/%2e%2e/x.js /home\\x.css /home/x.CSS /HOME.css /home.avif /home/x.woff2 /home/index.php/x.jpg /home/..;/x.gif /home,x.css /home!x.js /home$x.css /home@x.js /home/x.css/ /home%ff.js /home/%252e%252e/x.css /home.css.html /robots.txt /favicon.ico'.split(
      ' ',
    );
  it.for(CONFUSED)('is nobody else’s under %s', async (path, { expect }) => {
    const site = await shop();
    const serve: Serve = () => page(SLOT, { 'cache-control': 'public, max-age=31536000, immutable', etag: '"x"' });
    const cookie = await viewer(site, 'c');
    const own = await visit(site, path, serve, { headers: { cookie } });
    const other = await visit(site, path, serve);
    expect(own.text).toContain('data-vitrine-edge="live');
    expect(other.text).not.toContain('data-vitrine-edge="live');
    for (const { headers } of [own, other]) {
      expect(headers.get('cache-control')).toBe('private, no-store');
      expect(headers.get('etag')).toBeNull();
    }
  });
});

describe('what passes untouched', () => {
  const origin: Record<string, [Serve, RequestInit?]> = {
    'a stylesheet': [
      () =>
        new Response('a{}', { headers: { 'content-type': 'text/css', etag: '"c"', 'cache-control': 'max-age=60' } }),
    ],
    'JSON that looks like HTML': [
      () => new Response(`"${SLOT.replaceAll('"', "'")}"`, { headers: { 'content-type': 'application/json' } }),
    ],
    'an error': [
      () => new Response(SLOT, { status: 503, headers: { 'content-type': 'text/html', 'retry-after': '9' } }),
    ],
    'a missing page': [() => new Response(SLOT, { status: 404, headers: { 'content-type': 'text/html' } })],
    'what may not be changed': [() => page(SLOT, { 'cache-control': 'no-transform', etag: '"t"' })],
    'a download': [() => page(SLOT, { 'content-disposition': 'attachment' })],
    'an unknown charset': [() => page(SLOT, { 'content-type': 'text/html; charset=klingon' })],
    'a POST': [() => page(SLOT), { method: 'POST', body: 'x' }],
    'a range': [() => page(SLOT), { headers: { range: 'bytes=0-1' } }],
  };
  it.for(Object.entries(origin))('%s', async ([, [serve, init]], { expect }) => {
    const site = await shop();
    const expected = await serve(new Request('https://x.example/'));
    const got = await visit(site, '/', serve, init);
    expect(got.text).toBe(await expected.clone().text());
    expect(got.status).toBe(expected.status);
    expect(Object.fromEntries(got.headers)).toEqual(Object.fromEntries(expected.headers));
  });

  it('every method, with its body, its headers, and redirects to where the visitor is', async ({ expect }) => {
    const site = await shop();
    for (const method of ['PUT', 'PATCH', 'DELETE', 'POST', 'OPTIONS', 'HEAD', 'GET']) {
      let seen: { method: string; text: string; url: string } | undefined;
      const serve: Serve = async (request) => {
        seen = { method: request.method, text: await request.text(), url: request.url };
        return new Response(null, { status: 303, headers: { location: 'https://origin.example/next?x=1' } });
      };
      const body = ['GET', 'HEAD'].includes(method) ? {} : { body: 'the body' };
      const got = await visit(site, '/cart?a=1&b=%20', serve, { method, ...body });
      expect(seen).toEqual({
        method,
        text: 'body' in body ? 'the body' : '',
        url: 'https://origin.example/cart?a=1&b=%20',
      });
      expect(got.status).toBe(303);
      expect(got.headers.get('location')).toBe(`${site.origin}/next?x=1`);
    }
    const away: Serve = () =>
      new Response(null, { status: 302, headers: { location: 'https://origin.example.evil.example/' } });
    expect((await visit(site, '/', away)).headers.get('location')).toBe('https://origin.example.evil.example/');
  });

  it('all of a path that is switched off, and all where nothing is active', async ({ expect }) => {
    const site = await shop();
    const set = (proxy: object) =>
      send('/api/settings', { method: 'PUT', headers: secret(site), body: JSON.stringify({ proxy }) });
    expect((await set({ off: ['/checkout/*'] })).status).toBe(200);
    const [off, on] = await Promise.all([
      visit(site, '/checkout/pay', () => page(SLOT)),
      visit(site, '/', () => page(SLOT)),
    ]);
    expect(off.text).not.toContain('<template');
    expect(on.text).toContain('<template');
    expect((await set({ off: ['checkout'] })).status).toBe(400);
  });

  it('a page whose site is unknown, or cannot be read', async ({ expect }) => {
    const site = await shop();
    const hosts = JSON.stringify({ [hostOf(site)]: { site: 'nobody', upstream: 'https://origin.example' } });
    expect((await visit(site, '/', () => page(SLOT), {}, { PROXY_HOSTS: hosts })).text).not.toContain('<template');
    const DB = {
      prepare: () => {
        throw new Error('D1 is away');
      },
    };
    const got = await visit(site, '/', () => page(SLOT), {}, { DB });
    expect(got.status).toBe(200);
    expect(got.text).toContain(SLOT);
  });

  it('a page without slots, once it is known to have none, with its own tags and caching', async ({ expect }) => {
    const site = await shop();
    const asked: (string | null)[] = [];
    const serve: Serve = (request) => {
      asked.push(request.headers.get('if-none-match'));
      return page('<p>words</p>', { etag: '"v1"', 'cache-control': 'public, max-age=60' });
    };
    const headers = { 'if-none-match': '"v0"' };
    expect((await visit(site, '/about', serve, { headers })).headers.get('cache-control')).toBe('private, no-store');
    const second = await visit(site, '/about', serve, { headers });
    expect(second.headers.get('etag')).toBe('"v1"');
    expect(second.headers.get('cache-control')).toBe('public, max-age=60');
    expect(asked).toEqual([null, '"v0"']);
    // Twenty pages of a kind without any speak for the next, and not for another kind.
    for (let n = 0; n < 20; n += 1) await visit(site, `/blog/${n}`, serve);
    expect((await visit(site, '/blog/new', serve)).headers.get('etag')).toBe('"v1"');
    expect((await visit(site, '/p/new', serve)).headers.get('etag')).toBeNull();
  });

  it('Vitrine’s own addresses stay its own, the shop’s of the same name the shop’s', async ({ expect }) => {
    const site = await shop();
    const serve: Serve = () => new Response('the shop', { headers: { 'content-type': 'text/plain' } });
    for (const path of ['/docs', '/console', '/metrics', '/api/cart', '/openapi.json', '/.well-known/jwks.json'])
      expect((await visit(site, path, serve)).text).toBe('the shop');
    expect((await visit(site, '/v/beacon.js', serve)).text).not.toBe('the shop');
    // On no shop's host nothing is fetched.
    expect((await send('/docs')).status).toBe(200);
  });

  it('says when the shop’s server is away, and when it is led to itself', async ({ expect }) => {
    const site = await shop();
    const away = await visit(site, '/', () => {
      throw new Error('refused');
    });
    expect([away.status, away.text]).toEqual([502, expect.stringContaining('does not answer')]);
    const loop = await visit(site, '/', () => page(SLOT), { headers: { 'vitrine-proxy': hostOf(site) } });
    expect(loop.status).toBe(508);
  });
});

describe('a slot that does not come in time', () => {
  it('shows its own content, and the page is whole', async ({ expect }) => {
    const site = await shop();
    await visit(site, '/', () => page(SLOT));
    // The profile and the catalogue of another visitor never answer.
    const never = {
      get: () => new Proxy({}, { get: () => () => new Promise(() => {}) }),
      idFromName: (name: string) => name,
      jurisdiction: () => never,
    };
    const fresh = await makeSite();
    const got = await visit(fresh, '/', () => page(`${SLOT}<p>end</p>`), {}, { CATALOG: never, USER_PROFILE: never });
    expect(got.text).toContain('<p>own</p></vitrine-slot><p>end</p>');
    expect(got.text).not.toContain('<template');
  });
});

describe('pictures for who runs no script', () => {
  const view = `<div data-vitrine-view="product_viewed" data-vitrine-properties="{&quot;product_id&quot;:&#34;c&#x22;,&quot;name&quot;:&quot;A &amp; B&quot;}"></div>`;
  const beacon = '<script async src="/v/beacon.js" data-key="wk"></script>';
  const pixelIn = (text: string, type: string) =>
    [...text.matchAll(/<noscript><img src="([^"]+)"/g)]
      .map((found) => (found[1] ?? '').replaceAll('&amp;', '&'))
      .find((src) => src.includes(type)) ?? '';

  it('tell what he views, and the next page knows it', async ({ expect }) => {
    const site = await shop();
    const product = await visit(site, '/p/c', () => page(`${beacon}${view}${SLOT}`));
    const src = pixelIn(product.text, 'product_viewed');
    expect(pixelIn(product.text, 'page_viewed')).not.toBe('');
    const headers = { 'sec-fetch-site': 'same-origin', referer: `${site.origin}/p/c` };
    const shown = await visit(site, src, () => page(''), { headers });
    expect(shown.headers.get('content-type')).toBe('image/gif');
    const cookie = shown.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    expect(cookie).toMatch(/vitrine_id=.*vitrine_token=/);
    const home = await visit(site, '/', () => page(SLOT), { headers: { cookie } });
    expect(home.text).toContain('data-vitrine-edge="live live_profile');
    expect(home.text).toContain('data-product-id="d"');
    // He is the same one from then on.
    const again = await visit(site, src, () => page(''), { headers: { ...headers, cookie } });
    expect(again.headers.getSetCookie()).toEqual([]);
  });

  it('are not there where consent is awaited, and give no id to who may not be counted', async ({ expect }) => {
    const site = await shop();
    const waits = await visit(site, '/p/c', () =>
      page(`<script src="/v/beacon.js" data-key="wk" data-consent="required"></script>${view}`),
    );
    expect(waits.text).not.toContain('<noscript>');
    const strict = await shop();
    await send('/api/settings', {
      method: 'PUT',
      headers: secret(strict),
      body: JSON.stringify({ consent: { granted: [] } }),
    });
    const headers = { 'sec-fetch-site': 'same-origin', referer: `${strict.origin}/p/c` };
    const src = '/v/pixel.gif?type=product_viewed&properties=%7B%22product_id%22%3A%22c%22%7D';
    const shown = await visit(strict, src, () => page(''), { headers });
    expect(shown.status).toBe(200);
    expect(shown.headers.getSetCookie()).toEqual([]);
  });

  it.for([
    [{ 'sec-fetch-site': 'cross-site' }, '?type=page_viewed', 403],
    [{ 'sec-fetch-site': 'none' }, '?type=page_viewed', 403],
    [{}, '?type=page_viewed', 403],
    [{ referer: 'https://evil.example/' }, '?type=page_viewed', 403],
    [{ 'sec-fetch-site': 'same-origin' }, '?type=9', 200],
    [{ 'sec-fetch-site': 'same-origin' }, '', 200],
    [{ 'sec-fetch-site': 'same-origin' }, '?type=product_viewed&properties={', 200],
    [{ 'sec-fetch-site': 'same-origin' }, '?type=identify&properties=%7B%22user_id%22%3A%22u%22%7D', 200],
  ] as const)('with %j %s: %i, and nothing of it counts', async ([headers, query, status], { expect }) => {
    const site = await shop();
    const got = await visit(site, `/v/pixel.gif${query}`, () => page(''), { headers });
    expect(got.status).toBe(status);
    if (query.includes('identify')) return;
    expect(got.headers.getSetCookie()).toEqual([]);
  });
});
