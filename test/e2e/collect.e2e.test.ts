import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from 'vitest';
import { startVitrine, type Vitrine } from '../../ops/runtime/start-vitrine.ts';
import { seedSite } from '../../ops/site/seed-site.ts';
import { loadCatalogue } from '../../ops/start/load-catalogue.ts';
import { faultsOf, hasBrowser, launchBrowser, PATIENCE } from './browser.ts';

const SITE = { id: 'collect', name: 'Collect', writeKey: 'wk_collect', secretKey: 'sk_collect' };
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const modules = createRequire(import.meta.url);

describe.skipIf(!hasBrowser)('pages that say what happens in another way than ours', () => {
  let folder: string;
  let vitrine: Vitrine;
  let vitrineUrl: string;
  let shop: Server;
  let shopUrl: string;
  let browser: Browser;
  let context: BrowserContext;
  /** What the shop serves, by path. */
  const pages: Record<string, string> = {};

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'vitrine-collect-'));
    vitrine = await startVitrine({ stateDir: folder, maxBatchTimeoutSeconds: 0.05, log: () => undefined });
    vitrineUrl = vitrine.url.replace('127.0.0.1', 'localhost');
    shop = createServer(({ url = '/' }, response) => {
      const name = url.split('?')[0] ?? '/';
      const type = name.endsWith('.js') ? 'text/javascript' : name.endsWith('.css') ? 'text/css' : 'text/html';
      response.writeHead(200, { 'content-type': `${type}; charset=utf-8`, 'content-security-policy': policy() });
      response.end(pages[name] ?? pages['/']);
    });
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
    shopUrl = `http://localhost:${(shop.address() as AddressInfo).port}`;
    await seedSite(await vitrine.getD1('DB'), { ...SITE, origins: [shopUrl] });
    const products = Array.from({ length: 12 }, (_, n) => ({
      ...{ id: `p${n}`, title: `Trail shoe ${n}`, url: `${shopUrl}/p/p${n}`, category: n < 6 ? 'shoes' : 'bags' },
      price: { amount: 50 + n, currency: 'EUR' },
    }));
    await loadCatalogue(vitrine.url, SITE.secretKey, products);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    shop?.close();
    await vitrine?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    const userAgent = (await (await browser.newPage()).evaluate(() => navigator.userAgent)).replace('Headless', '');
    context = await browser.newContext({ userAgent });
  });
  afterEach(() => context.close());

  /** Nothing inline, nothing evaluated, nobody else. */
  const policy = () =>
    `default-src 'none'; script-src ${shopUrl} ${vitrineUrl}; connect-src ${vitrineUrl}; style-src ${shopUrl} ${vitrineUrl}; img-src *`;
  const tag = (attributes = '', key = SITE.writeKey) =>
    `<script async src="${vitrineUrl}/v/beacon.js" data-key="${key}" ${attributes}></script>`;
  const html = (body: string, head = '') => `<!doctype html><html lang="en"><title>shop</title>${head}<body>${body}`;
  const secret = { authorization: `Bearer ${SITE.secretKey}` };

  const countsOf = async (query: string): Promise<Record<string, number>> => {
    const answer = await fetch(`${vitrine.url}/v/profile?${query}`, { headers: secret });
    const profile = (await answer.json()) as { counts?: Record<string, number> };
    return profile.counts ?? {};
  };
  const idOf = (page: Page) =>
    page.evaluate(() => (window as unknown as { vitrine: { anonymousId: string } }).vitrine.anonymousId);
  const visitorOf = async (page: Page) => {
    await page.waitForFunction(() => 'anonymousId' in ((window as unknown as { vitrine?: object }).vitrine ?? {}));
    return `anonymousId=${await idOf(page)}`;
  };

  test('a shop of Google Analytics 4 by the book: its events count, its slots fill, with nothing of ours but the tag', async ({
    expect,
  }) => {
    const item = (n: number) =>
      `{ item_id: 'p${n}', item_name: 'Trail shoe ${n}', item_category: 'shoes', price: ${50 + n}, quantity: 1 }`;
    pages['/before.js'] = `window.dataLayer = window.dataLayer || [];
      function gtag() { dataLayer.push(arguments); }
      gtag('js', new Date()); gtag('config', 'G-1');
      dataLayer.push({ ecommerce: null });
      dataLayer.push({ event: 'view_item', ecommerce: { currency: 'EUR', value: 51, items: [${item(1)}] } });`;
    pages['/later.js'] = `document.querySelector('button').addEventListener('click', () => {
      gtag('event', 'add_to_cart', { currency: 'EUR', value: 51, items: [${item(1)}] });
      dataLayer.push({ ecommerce: null });
      dataLayer.push({ ecommerce: { items: [${item(2)}, ${item(3)}] } });
      dataLayer.push({ event: 'add_to_wishlist' });
      dataLayer.push({ event: 'search', search_term: 'trail' });
      dataLayer.push({ event: 'view_item_list', ecommerce: null });
      gtag('event', 'purchase', { transaction_id: 'T-1', value: 51, currency: 'EUR', items: [${item(1)}] });
      gtag('event', 'purchase', { transaction_id: 'T-1', value: 51, currency: 'EUR', items: [${item(1)}] });
    });`;
    pages['/ga4'] = html(
      `<button>go</button><div data-vitrine-slot="similar" data-strategy="similar" data-limit="3"></div>
       <vitrine-slot name="home" data-strategy="for_you" data-limit="3"></vitrine-slot><script src="/later.js"></script>`,
      `<script src="/before.js"></script>${tag()}`,
    );
    const page = await context.newPage();
    const faults = faultsOf(page);
    await page.goto(`${shopUrl}/ga4`);
    for (const slot of ['similar', 'home'])
      await expect.poll(() => page.locator(`[data-vitrine-slot=${slot}] [data-product-id]`).count(), PATIENCE).toBe(3);
    expect(await page.locator('[data-vitrine-slot=similar] [data-product-id=p1]').count()).toBe(0);
    await page.click('button');
    const right = {
      ...{ page_viewed: 1, product_viewed: 1, product_added: 1, product_favorited: 2, product_searched: 1 },
      ...{ product_list_viewed: 1, order_completed: 1 },
    };
    const who = await visitorOf(page);
    await expect.poll(() => countsOf(who), PATIENCE).toMatchObject(right);
    // A page of thanks that is loaded again is no further order.
    await page.reload();
    await page.click('button');
    await expect.poll(() => countsOf(who), PATIENCE).toMatchObject({ product_added: 2, order_completed: 1 });
    expect(faults).toEqual([]);
  });

  test('three empty slots above each other fill, and nothing shifts', async ({ expect }) => {
    pages['/shop.css'] = 'vitrine-slot { --vitrine-slot-height: 420px; overflow: hidden } img { height: 120px }';
    const styles = `<link rel="stylesheet" href="${vitrineUrl}/v/slots.css"><link rel="stylesheet" href="/shop.css">`;
    const slot = (name: string) =>
      `<vitrine-slot name="${name}" data-strategy="for_you" data-limit="3"></vitrine-slot>`;
    pages['/slots'] = html(`${['a', 'b', 'c'].map(slot).join('')}<p>below</p>`, styles + tag());
    const page = await context.newPage();
    await page.setViewportSize({ width: 1_200, height: 2_400 });
    await page.goto(`${shopUrl}/slots`);
    await expect.poll(() => page.locator('[data-product-id]').count(), PATIENCE).toBe(9);
    const shift = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          let sum = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) sum += (entry as unknown as { value: number }).value;
          }).observe({ type: 'layout-shift', buffered: true });
          setTimeout(() => resolve(sum), 300);
        }),
    );
    expect(shift).toBe(0);
  });

  test('Segment’s library for browsers, as it is, with its settings from here', async ({ expect }) => {
    const library = path.join(path.dirname(modules.resolve('@segment/analytics-next/package.json')), 'dist/umd');
    pages['/standalone.js'] = readFileSync(path.join(library, 'standalone.js'), 'utf8');
    // The classic snippet's queue, its host changed.
    pages['/snippet.js'] = `const analytics = (window.analytics = []);
      for (const method of ['track', 'page', 'identify'])
        analytics[method] = (...args) => analytics.push([method, ...args]);
      analytics.SNIPPET_VERSION = '5.2.1';
      analytics._writeKey = '${SITE.writeKey}';
      analytics._cdn = '${vitrineUrl}';
      analytics.page('Home');
      analytics.track('Product Viewed', { product_id: 'p1', price: 51 });
      analytics.identify('zoe', { tier: 'gold' });`;
    pages['/segment'] = html('', '<script src="/snippet.js"></script><script async src="/standalone.js"></script>');
    const page = await context.newPage();
    const faults = faultsOf(page);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).host));
    await page.goto(`${shopUrl}/segment`);
    await page.waitForFunction(
      () => 'user' in (window as unknown as { analytics: object }).analytics,
      undefined,
      PATIENCE,
    );
    await page.evaluate(() =>
      (window as unknown as { analytics: { track(...args: unknown[]): Promise<unknown> } }).analytics.track(
        'Order Completed',
        { order_id: 'o-next', revenue: 51, currency: 'EUR', products: [{ product_id: 'p1', quantity: 1 }] },
      ),
    );
    const device = await page.evaluate(() =>
      (window as unknown as { analytics: { user(): { anonymousId(): string } } }).analytics.user().anonymousId(),
    );
    await expect
      .poll(() => countsOf(`anonymousId=${device}`), PATIENCE)
      .toMatchObject({ page_viewed: 1, product_viewed: 1, identify: 1, order_completed: 1 });
    expect(new Set(asked)).toEqual(new Set([new URL(shopUrl).host, new URL(vitrineUrl).host]));
    expect(faults).toEqual([]);
  });

  test('a page of React that routes by itself, with the beacon from its npm package', async ({ expect }) => {
    execFileSync(process.execPath, [path.join(ROOT, 'ops/build-packages.ts')], { stdio: 'ignore' });
    const app = path.join(folder, 'app');
    mkdirSync(path.join(app, 'node_modules/@vitrine'), { recursive: true });
    symlinkSync(path.join(ROOT, 'beacon'), path.join(app, 'node_modules/@vitrine/beacon'));
    for (const name of ['react', 'react-dom', 'scheduler'])
      symlinkSync(path.join(ROOT, 'node_modules', name), path.join(app, 'node_modules', name));
    const { outputFiles } = await build({
      stdin: { contents: reactApp(vitrineUrl), resolveDir: app, loader: 'js' },
      bundle: true,
      splitting: true,
      format: 'esm',
      outdir: path.join(app, 'out'),
      define: { 'process.env.NODE_ENV': '"production"' },
      write: false,
    });
    for (const file of outputFiles) pages[`/${path.basename(file.path)}`] = file.text;
    pages['/react'] = html('<div id="root"></div>', '<script type="module" src="/stdin.js"></script>');
    const page = await context.newPage();
    const faults = faultsOf(page);
    await page.goto(`${shopUrl}/react`);
    await expect.poll(() => page.locator('[data-vitrine-slot=home] [data-product-id]').count(), PATIENCE).toBe(3);
    await page.click('text=to p2');
    await expect.poll(() => page.locator('[data-vitrine-slot=similar] [data-product-id]').count(), PATIENCE).toBe(3);
    await page.click('text=to p3');
    const who = await visitorOf(page);
    await expect.poll(() => countsOf(who), PATIENCE).toMatchObject({ page_viewed: 3, product_viewed: 2 });
    await page.goBack();
    await expect.poll(() => countsOf(who), PATIENCE).toMatchObject({ page_viewed: 4, product_viewed: 3 });
    expect(faults).toEqual([]);
  }, 60_000);

  test('the debugger tells what became of each event, and in words what is wrong', async ({ expect }) => {
    pages['/debug'] = html('<vitrine-slot name="home" data-strategy="for_you" data-limit="3"></vitrine-slot>', tag());
    const made = await fetch(`${vitrine.url}/api/debug-links`, {
      method: 'POST',
      headers: { ...secret, 'content-type': 'application/json' },
      body: JSON.stringify({ page: `${shopUrl}/debug`, minutes: 5 }),
    });
    const { url } = (await made.json()) as { url: string };
    const page = await context.newPage();
    const faults = faultsOf(page);
    await page.goto(url);
    const panel = page.locator('vitrine-debugger');
    await expect.poll(() => panel.locator('li', { hasText: 'page_viewed' }).textContent(), PATIENCE).toContain('taken');
    await page.evaluate(() => {
      const { vitrine } = window as unknown as { vitrine: { track(type: string, properties: object): void } };
      vitrine.track('product_viewed', { product_id: 'p1', price: '19,99' });
      vitrine.track('product_viewed', { price: 5 });
    });
    await expect.poll(() => panel.locator('details[open]').count(), PATIENCE).toBe(2);
    const words = await panel.locator('details[open]').allTextContents();
    expect(words.join()).toContain('"19,99" read as 19.99');
    expect(words.join()).toContain('invalid_properties');
    await expect.poll(() => panel.locator('section').textContent(), PATIENCE).toContain('recentItems');
    expect(await panel.locator('li[data-slot=home]').textContent()).toMatch(/3 products, \w+/);
    // The next page of the tab has it still; a stranger's link opens nothing.
    await page.goto(`${shopUrl}/debug`);
    await panel.locator('section').waitFor();
    expect(faults).toEqual([]);
    const other = await (await browser.newContext()).newPage();
    const said: string[] = [];
    other.on('console', (message) => said.push(message.text()));
    await other.goto(`${shopUrl}/debug?vitrine_debug=${(Date.now() + 60_000).toString(36)}.forged`);
    await expect.poll(() => said.join(), PATIENCE).toContain('the debugger does not open');
    expect(await other.locator('vitrine-debugger').count()).toBe(0);
    await other.context().close();
  });

  test('a wrong key and a page of another origin are told in one line of the console', async ({ expect }) => {
    pages['/wrong'] = html('', tag('', 'wk_wrong'));
    pages['/right'] = html('', tag());
    for (const [where, words] of [
      [`${shopUrl}/wrong`, 'This key is unknown'],
      [`${shopUrl.replace('localhost', '127.0.0.1')}/right`, 'Add the origin'],
    ] as const) {
      const page = await context.newPage();
      const said: string[] = [];
      page.on('console', (message) => message.type() === 'warning' && said.push(message.text()));
      await page.goto(where);
      await expect.poll(() => said, PATIENCE).toHaveLength(1);
      expect(said[0]).toContain(words);
      await page.close();
    }
  });
});

/** A shop's page in React, its router the browser's own history. */
function reactApp(vitrineUrl: string): string {
  return `
    import { createElement as h, StrictMode, useEffect, useState } from 'react';
    import { createRoot } from 'react-dom/client';
    import { loadVitrine } from '@vitrine/beacon';

    const vitrine = loadVitrine({ key: '${SITE.writeKey}', base: '${vitrineUrl}/' });
    function App() {
      const [place, setPlace] = useState(location.pathname);
      useEffect(() => {
        loadVitrine({ key: 'again', base: 'https://nowhere.example' });
        const moved = () => setPlace(location.pathname);
        addEventListener('popstate', moved);
        return () => removeEventListener('popstate', moved);
      }, []);
      const to = (id) => h('button', { key: id, onClick: () => { history.pushState(null, '', '/p/' + id); setPlace(location.pathname); } }, 'to ' + id);
      const [, id] = /^\\/p\\/(.+)$/.exec(place) ?? [];
      return h('main', null, to('p2'), to('p3'), id
        ? h('section', { key: id, 'data-vitrine-view': 'product_viewed', 'data-vitrine-properties': JSON.stringify({ product_id: id }) },
            h('div', { 'data-vitrine-slot': 'similar', 'data-strategy': 'similar', 'data-item': id, 'data-limit': 3 }))
        : h('vitrine-slot', { name: 'home', 'data-strategy': 'for_you', 'data-limit': 3 }));
    }
    vitrine.ready(() => createRoot(document.getElementById('root')).render(h(StrictMode, null, h(App))));
  `;
}
