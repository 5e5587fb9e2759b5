import { gzipSync } from 'node:zlib';
import { describe, test } from 'vitest';
import { createStorefront } from './app.ts';
import { categories, products } from './catalogue/catalogue.ts';

const app = createStorefront({ vitrineUrl: 'http://vitrine.test', writeKey: 'wk_"test"' });
const form = (fields: Record<string, string>, cookie = '') => ({
  method: 'POST',
  body: new URLSearchParams(fields),
  headers: { cookie },
});
const CART = 'halden_cart=dress-linen-wrap%3A2';

describe('pages', () => {
  test.for(['/', '/search', '/search?q=linen', '/search?q=zzz', '/cart', '/checkout/thanks'])(
    '%s answers 200',
    async (path, { expect }) => {
      const response = await app.request(path);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain(
        '<script async src="http://vitrine.test/v/beacon.js" data-key="wk_&quot;test',
      );
    },
  );

  test('every department and every product has its page and picture', async ({ expect }) => {
    for (const { slug } of categories) expect((await app.request(`/c/${slug}`)).status, slug).toBe(200);
    for (const { id } of products) {
      expect((await app.request(`/p/${id}`)).status, id).toBe(200);
      const picture = await app.request(`/pictures/${id}.svg`);
      expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
      expect(picture.headers.get('cache-control')).toContain('max-age=31536000');
    }
  });

  test.for(['/nothing', '/c/hats', '/c/__proto__', '/p/unknown', '/p/constructor', '/pictures/unknown.svg'])(
    '%s answers 404',
    async (path, { expect }) => {
      expect((await app.request(path)).status).toBe(404);
    },
  );

  test('style and script are bundled', async ({ expect }) => {
    expect(await (await app.request('/style.css')).text()).toContain('.vitrine-item');
    expect(await (await app.request('/shop.js')).text()).toContain('vitrine:slot');
  });

  test('the script, which the first paint waits for, has at most 12 KB on the wire', async ({ expect }) => {
    const script = await (await app.request('/shop.js')).text();
    expect(gzipSync(script).byteLength).toBeLessThan(12_288);
  });
});

describe('what comes from outside stays text', () => {
  const attack = '"><script>alert(1)</script><img src=x onerror=alert(1)>\'';

  test.for(['/search?q=', '/p/', '/c/', '/c/dresses?style='])('in %s', async (path, { expect }) => {
    const text = await (await app.request(path + encodeURIComponent(attack))).text();
    expect(text).not.toContain('<script>alert');
    expect(text).not.toContain('<img src=x');
  });

  test('a query is shown, escaped, in heading, field and event', async ({ expect }) => {
    const text = await (await app.request(`/search?q=${encodeURIComponent('<b>"linen"')}`)).text();
    expect(text).toContain('value="&lt;b&gt;&quot;linen&quot;"');
    expect(text).toContain('“&lt;b&gt;&quot;linen&quot;”');
    expect(text).toContain('data-vitrine-properties="{&quot;query&quot;:&quot;&lt;b&gt;');
  });

  test('a hostile cookie is an empty bag', async ({ expect }) => {
    const response = await app.request('/cart', { headers: { cookie: `halden_cart=${encodeURIComponent(attack)}` } });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('Nothing in it yet.');
  });
});

describe('bag', () => {
  test('adding redirects to the bag and keeps what was in it', async ({ expect }) => {
    const response = await app.request('/cart/add', form({ product_id: 'bag-canvas-tote' }, CART));
    expect([response.status, response.headers.get('location')]).toEqual([303, '/cart']);
    const cookie = response.headers.get('set-cookie') ?? '';
    expect(cookie).toContain(encodeURIComponent('dress-linen-wrap:2,bag-canvas-tote:1'));
    expect(cookie).toMatch(/HttpOnly.*SameSite=Lax/);
  });

  test.for<Record<string, string>>([
    {},
    { product_id: 'unknown' },
    { product_id: 'coat-boho-wrap' },
    { product_id: 'bag-canvas-tote', quantity: '1e9' },
  ])('adding %o is refused', async (fields, { expect }) => {
    expect((await app.request('/cart/add', form(fields))).status).toBe(400);
  });

  test('removing all pieces empties it', async ({ expect }) => {
    const response = await app.request('/cart/remove', form({ product_id: 'dress-linen-wrap', quantity: '2' }, CART));
    expect(response.headers.get('set-cookie')).toMatch(/^halden_cart=;/);
  });

  test('there is no checkout without anything in it', async ({ expect }) => {
    for (const init of [{}, { method: 'POST' }]) {
      const response = await app.request('/checkout', init);
      expect([response.status, response.headers.get('location')]).toEqual([303, '/cart']);
    }
  });

  test('an order empties the bag and is declared once', async ({ expect }) => {
    const placed = await app.request('/checkout', form({}, CART));
    expect(placed.headers.get('location')).toBe('/checkout/thanks');
    const cookies = placed.headers.getSetCookie();
    expect(cookies.find((cookie) => cookie.startsWith('halden_cart=;'))).toContain('Max-Age=0');
    const order = cookies.find((cookie) => cookie.startsWith('halden_order='))?.split(';')[0] ?? '';

    const thanks = await app.request('/checkout/thanks', { headers: { cookie: order } });
    expect(await thanks.text()).toContain('data-vitrine-view="order_completed"');
    expect(thanks.headers.get('set-cookie')).toMatch(/^halden_order=;/);
    expect(await (await app.request('/checkout/thanks')).text()).not.toContain('order_completed');
  });
});
