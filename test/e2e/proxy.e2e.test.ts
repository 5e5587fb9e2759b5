import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from 'vitest';
import { products } from '../../examples/storefront/catalogue/catalogue.ts';
import { DEMO } from '../../ops/start/demo-site.ts';
import { type Demo, startDemo } from '../../ops/start/start-demo.ts';
import { hasBrowser, launchBrowser, PATIENCE } from './browser.ts';

const DRESS = 'dress-linen-wrap';
const COAT = 'coat-minimal-over';
const wall = (atMs: number) => new Date(atMs).toISOString().slice(0, 16);
const EVERYWHERE = { timeout: 35_000, interval: 500 };
/** A segment is in force a minute after it was made; what was viewed before counts for nothing. */
const IN_FORCE = { timeout: 100_000, interval: 500 };

describe.skipIf(!hasBrowser)('the demo shop through Vitrine', () => {
  let stateDir: string;
  let demo: Demo;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  /** When the pin of the file's rules ends, ms since 1970. */
  let until: number;

  beforeAll(async () => {
    stateDir = mkdtempSync(path.join(tmpdir(), 'vitrine-proxy-'));
    demo = await startDemo({ stateDir, port: 0, shopPort: 0, shoppers: false });
    // Mostly it is at once then, unless somebody has read it already.
    const db = await demo.vitrine.getD1('DB');
    await db.batch(['attributes', 'segments'].map((table) => db.prepare(`UPDATE ${table} SET since = 0`)));
    until = Math.ceil((Date.now() + 15_000) / 60_000) * 60_000;
    const schedule = { from: wall(Date.now() - 60_000), until: wall(until) };
    await publish({
      slots: {
        'home-for-you': {
          content: { dresses: { title: { default: 'For those who love dresses' }, url: '/c/dresses' } },
        },
      },
      rules: [
        {
          name: 'coat',
          slots: ['home-trending'],
          schedule,
          actions: [{ do: 'pin', items: [COAT] }],
        },
        { name: 'dresses', when: 'segments.dress_lovers', actions: [{ do: 'content', content: 'dresses' }] },
      ],
    });
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
    rmSync(stateDir, { recursive: true, force: true });
  });
  afterEach(() => context.close());

  const api = async (method: string, where: string, body?: unknown) => {
    const response = await fetch(`${demo.vitrine.url}/api/${where}`, {
      method,
      headers: { authorization: `Bearer ${DEMO.secretKey}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${where}: ${response.status} ${await response.text()}`);
  };
  const publish = async (document: object) => {
    await api('PUT', 'merchandising/draft', document);
    await api('POST', 'merchandising/publish', {});
  };
  const open = (where: string, on = page) => on.goto(`${demo.proxiedUrl}${where}`);
  const slot = (on = page, name = 'home-for-you') => on.locator(`[data-vitrine-slot="${name}"]`);
  const idsIn = (on = page, name = 'home-for-you') =>
    slot(on, name)
      .locator('[data-product-id]')
      .evaluateAll((items) => items.map((item) => (item as HTMLElement).dataset.productId ?? ''));
  const reasonsIn = (on = page) => slot(on).locator('.vitrine-reason').allTextContents();

  describe('for who runs no script', () => {
    beforeEach(async () => {
      context = await browser.newContext({ javaScriptEnabled: false });
      page = await context.newPage();
    });

    const pinned = async () => {
      await open('/');
      return (await idsIn(page, 'home-trending'))[0];
    };

    test('a pinned product stands first', async ({ expect }) => {
      await expect.poll(pinned, EVERYWHERE).toBe(COAT);
    });

    test('a segment sees another banner', async ({ expect }) => {
      const banner = async (on = page) => {
        await open('/', on);
        return slot(on).locator('.vitrine-content-title').allTextContents();
      };
      const afterDresses = async () => {
        for (const id of [DRESS, 'dress-ribbed-column']) {
          await open(`/p/${id}`);
          await page.waitForLoadState('networkidle');
        }
        return banner();
      };
      await expect.poll(afterDresses, IN_FORCE).toEqual(['For those who love dresses']);
      const other = await browser.newContext({ javaScriptEnabled: false });
      expect(await banner(await other.newPage())).toEqual([]);
      await other.close();
    });

    test('slots are full at once, and the first click changes the front page', async ({ expect }) => {
      await open('/');
      expect(await idsIn()).toHaveLength(8);
      expect(new Set(await reasonsIn())).toEqual(new Set(['From our collection']));
      expect(await slot(page, 'home-recent').locator('[data-product-id]').count()).toBe(0);
      // His own click, as far as a browser without script has one.
      await open('/c/dresses');
      await page.locator(`a[href="/p/${DRESS}"]`).first().click();
      await page.waitForLoadState('networkidle');
      expect(await idsIn(page, 'product-similar')).not.toContain(DRESS);
      await open('/');
      const title = products.find(({ id }) => id === DRESS)?.title;
      expect((await reasonsIn()).some((reason) => reason.includes(title ?? ''))).toBe(true);
      expect(await idsIn()).toHaveLength(8);
      expect(await idsIn(page, 'home-recent')).toEqual([DRESS]);
      expect((await context.cookies()).map(({ name, httpOnly }) => [name, httpOnly])).toEqual(
        expect.arrayContaining([
          ['vitrine_id', true],
          ['vitrine_token', true],
        ]),
      );
    });

    test('what is sold out vanishes within three seconds', async ({ expect }) => {
      await open('/');
      const [first = ''] = await idsIn();
      await api('PATCH', 'catalog', { id: first, available: false });
      const gone = async () => {
        await open('/');
        return (await idsIn()).includes(first);
      };
      await expect.poll(gone, { timeout: 3_500, interval: 300 }).toBe(false);
      expect(await idsIn()).toHaveLength(8);
      await api('PATCH', 'catalog', { id: first, available: true });
    });

    test('a new shop of twelve products without traffic has full slots', async ({ expect }) => {
      const kept = new Set(products.slice(0, 12).map(({ id }) => id));
      const change = (available: boolean) =>
        fetch(`${demo.vitrine.url}/api/catalog`, {
          method: 'PATCH',
          headers: { authorization: `Bearer ${DEMO.secretKey}` },
          body: products
            .filter(({ id }) => !kept.has(id))
            .map(({ id }) => JSON.stringify({ id, available }))
            .join('\n'),
        });
      await change(false);
      const [first = ''] = kept;
      const full = async () => {
        await open('/');
        return (await idsIn()).filter((id) => kept.has(id)).length;
      };
      await expect.poll(full, PATIENCE).toBe(8);
      await open(`/p/${first}`);
      const similar = await idsIn(page, 'product-similar');
      expect(similar).toHaveLength(4);
      expect(similar).not.toContain(first);
      await change(true);
    });
  });

  describe('for who runs script', () => {
    beforeEach(async () => {
      context = await browser.newContext();
      page = await context.newPage();
    });

    test('the beacon leaves alone what the edge has filled, counts it once, and fills it again when it changes', async ({
      expect,
    }) => {
      const asked: string[] = [];
      const said: { page?: string; locale?: string }[] = [];
      const sent: { type: string; properties?: { slot?: string } }[] = [];
      page.on('request', (request) => {
        const { pathname } = new URL(request.url());
        if (pathname.startsWith('/v/fragments/')) {
          asked.push(pathname);
          said.push(JSON.parse(request.postData() ?? '{}'));
        }
        if (pathname === '/v/events') sent.push(...(JSON.parse(request.postData() ?? '{}').events ?? []));
        if (pathname === '/v/pixel.gif') throw new Error('a browser with script loads no picture');
      });
      await open('/');
      await expect.poll(() => slot().getAttribute('data-vitrine-tier'), PATIENCE).toBe('baseline');
      await slot().scrollIntoViewIfNeeded();
      await expect
        .poll(() => sent.filter(({ type }) => type === 'recommendation_shown').length, PATIENCE)
        .toBeGreaterThan(0);
      expect(sent.filter(({ type }) => type === 'page_viewed')).toHaveLength(1);
      expect(asked).not.toContain('/v/fragments/home-for-you');
      await page.evaluate(() => (window as unknown as { vitrine: { refresh(): void } }).vitrine.refresh());
      await expect.poll(() => asked, PATIENCE).toContain('/v/fragments/home-for-you');
      for (const { page: where, locale } of said) expect([where, locale]).toEqual([`${demo.proxiedUrl}/`, 'en']);
      expect(await idsIn()).toHaveLength(8);
      // A click of a moment ago is in the next page, by the cookie that the beacon wrote.
      await open(`/p/${DRESS}`);
      await expect
        .poll(() => page.evaluate(() => 'vitrine' in window && 'anonymousId' in (window.vitrine as object)), PATIENCE)
        .toBe(true);
      await open('/');
      expect(await idsIn(page, 'home-recent')).toContain(DRESS);
    });
  });

  describe('later, for who runs no script', () => {
    beforeEach(async () => {
      context = await browser.newContext({ javaScriptEnabled: false });
      page = await context.newPage();
    });

    test('a pinned product stands there no more when its schedule has ended', async ({ expect }) => {
      await expect
        .poll(
          async () => {
            await open('/');
            return (await idsIn(page, 'home-trending'))[0];
          },
          { timeout: 110_000, interval: 1_000 },
        )
        .not.toBe(COAT);
      expect(Date.now()).toBeGreaterThanOrEqual(until);
    });
  });
});
