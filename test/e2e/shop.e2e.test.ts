import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from 'vitest';
import { products } from '../../examples/storefront/catalogue/catalogue.ts';
import { DOC_QUERIES } from '../../ops/lake/doc-queries.ts';
import { lakeApi } from '../../ops/lake/lake-api.ts';
import { openLake } from '../../ops/lake/open-lake.ts';
import { runShoppers } from '../../ops/shoppers/run-shoppers.ts';
import { DEMO } from '../../ops/start/demo-site.ts';
import { settled } from '../../ops/start/settled.ts';
import { type Demo, startDemo } from '../../ops/start/start-demo.ts';
import { faultsOf, hasBrowser, launchBrowser, PATIENCE } from './browser.ts';

const DRESS = 'dress-linen-wrap';

interface Profile {
  readonly anonymousId: string;
  readonly counts: Record<string, number>;
  readonly cart: { readonly id: string }[];
  readonly orders: { readonly items: string[] }[];
  readonly recentItems: { readonly id: string }[];
}

describe.skipIf(!hasBrowser)('the demo shop in a browser', () => {
  let stateDir: string;
  let demo: Demo;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    stateDir = mkdtempSync(path.join(tmpdir(), 'vitrine-shop-'));
    demo = await startDemo({ stateDir, port: 0, shopPort: 0, shoppers: false });
    const visits = { visitors: 150, hours: 48, untilMs: Date.now() - 60_000, seed: 4 };
    await runShoppers({ url: demo.vitrine.url, key: DEMO.writeKey, products, ...visits });
    await settled(demo.vitrine, 1_500);
    await demo.vitrine.scheduled();
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
    rmSync(stateDir, { recursive: true, force: true });
  });

  beforeEach(async () => {
    context = await browser.newContext();
    page = await context.newPage();
    faults = faultsOf(page);
  });

  afterEach(async () => {
    await context.close();
  });

  test('what the data team asks is answered from the lake, as the live counts have it', async ({ expect }) => {
    const api = lakeApi({ url: demo.vitrine.url, key: DEMO.secretKey });
    await api.compact();
    const lake = await openLake(api, path.join(stateDir, 'duckdb'));
    const ask = async (sql = '') => (await lake.runAndReadAll(sql)).getRowObjectsJson() as Record<string, unknown>[];
    const of = (name: string) => ask(DOC_QUERIES.get(name));
    const sum = (rows: readonly Record<string, unknown>[], column: string) =>
      rows.reduce((all, row) => all + Number(row[column]), 0);
    const db = await demo.vitrine.getD1('DB');
    const live = await db.prepare('SELECT COUNT(*) AS orders, SUM(total) AS revenue FROM orders').first();
    const orders = Number(live?.orders);
    expect(orders).toBeGreaterThan(5);
    for (const name of ['revenue', 'attribution']) {
      const rows = await of(name);
      expect([name, sum(rows, 'orders'), Math.round(sum(rows, 'revenue') * 100)]).toEqual([
        name,
        orders,
        Math.round(Number(live?.revenue) * 100),
      ]);
    }
    const [people] = await ask("SELECT count(DISTINCT ledger) AS buyers FROM events WHERE type = 'order_completed'");
    const cohorts = await of('cohorts');
    expect(
      sum(
        cohorts.filter(({ months_later: later }) => Number(later) === 0),
        'customers',
      ),
    ).toBe(Number(people?.buyers));
    const [all] = await ask('SELECT count(*) AS events FROM events WHERE bot IS NOT TRUE');
    expect(sum(await of('sessions'), 'events')).toBe(Number(all?.events));
    const [funnel] = await of('funnel');
    expect(Number(funnel?.viewed)).toBeGreaterThan(Number(funnel?.added));
    expect(Number(funnel?.added)).toBeGreaterThanOrEqual(Number(funnel?.ordered));
    expect(Number(funnel?.ordered)).toBeGreaterThan(0);
    lake.closeSync();
  });

  const open = (where: string) => page.goto(`${demo.shopUrl}${where}`);
  const visitorId = () => page.evaluate(() => localStorage.getItem('vitrine:id') ?? '');
  const profileOf = async (id: string): Promise<Profile> => {
    const headers = { authorization: `Bearer ${DEMO.secretKey}` };
    const query = new URLSearchParams({ anonymousId: id });
    return (await fetch(`${demo.vitrine.url}/v/profile?${query}`, { headers })).json() as Promise<Profile>;
  };
  const reasonsIn = (slot: string) => page.locator(`[data-vitrine-slot="${slot}"] .vitrine-reason`).allInnerTexts();

  test('a visitor who withdraws his consent is not personalized from the next page on', async ({ expect }) => {
    await open(`/p/${DRESS}`);
    const id = await visitorId();
    await expect.poll(async () => (await profileOf(id)).counts?.product_viewed, PATIENCE).toBe(1);
    await page.evaluate(() => {
      const { vitrine } = window as unknown as { vitrine: { consent(choices: Record<string, boolean>): void } };
      vitrine.consent({ personalization: false });
    });
    await expect.poll(async () => (await profileOf(id)).counts, PATIENCE).toBeUndefined();
    await open('/');
    const slot = page.locator('[data-vitrine-slot="home-for-you"]');
    await expect.poll(() => slot.getAttribute('data-vitrine-reason'), PATIENCE).toBe('no_consent');
    faults = faults.filter((fault) => !fault.includes('403'));
  });

  test('a first look at a product changes the home page, and says why', async ({ expect }) => {
    await open('/');
    await expect.poll(() => reasonsIn('home-for-you'), PATIENCE).toContain('Popular right now');
    await open(`/p/${DRESS}`);
    await expect.poll(async () => (await profileOf(await visitorId())).counts.product_viewed, PATIENCE).toBe(1);
    await open('/');
    await expect
      .poll(() => reasonsIn('home-for-you'), PATIENCE)
      .toContain(`Because you viewed ${products.find(({ id }) => id === DRESS)?.title}`);
    await expect.poll(() => page.locator('[data-vitrine-slot="home-recent"] [data-product-id]').count()).toBe(1);
    expect(faults).toEqual([]);
  });

  test('what goes into the bag is in the profile at once, and the order empties it', async ({ expect }) => {
    await open(`/p/${DRESS}`);
    await page.getByRole('button', { name: 'Add to bag' }).click();
    await page.waitForURL('**/cart');
    const id = await visitorId();
    await expect.poll(async () => (await profileOf(id)).cart, PATIENCE).toEqual([{ id: DRESS, quantity: 1 }]);
    await open('/checkout');
    await page.locator('main form button').last().click();
    await page.waitForURL('**/checkout/thanks');
    await expect.poll(async () => (await profileOf(id)).orders.map(({ items }) => items), PATIENCE).toEqual([[DRESS]]);
    expect((await profileOf(id)).cart).toEqual([]);
    await page.reload();
    await page.waitForLoadState('networkidle');
    expect((await profileOf(id)).orders).toHaveLength(1);
    expect(faults).toEqual([]);
  });

  test('events of a page without network arrive with the next one, each once', async ({ expect }) => {
    await open('/');
    const id = await visitorId();
    await expect.poll(async () => (await profileOf(id)).counts.page_viewed, PATIENCE).toBe(1);
    await context.route('**/v/events*', (route) => route.abort());
    await open(`/p/${DRESS}`);
    await page.waitForLoadState('networkidle');
    await page.close();
    await context.unroute('**/v/events*');
    page = await context.newPage();
    await open('/c/bags');
    const { page_viewed, product_viewed } = { page_viewed: 3, product_viewed: 1 };
    await expect
      .poll(async () => (await profileOf(id)).counts, PATIENCE)
      .toMatchObject({ page_viewed, product_viewed });
    expect(await visitorId()).toBe(id);
  });

  test('the HttpOnly cookie names the visitor to every read', async ({ expect }) => {
    await open('/');
    const id = await visitorId();
    const cookie = async () =>
      (await context.cookies(demo.vitrineUrl)).find(({ name }) => name === 'vitrine_id') ?? {
        value: '',
        httpOnly: false,
      };
    await expect.poll(cookie, PATIENCE).toMatchObject({ value: id, httpOnly: true, sameSite: 'Lax' });
  });

  test('the drawer shows the profile, each slot’s tier and each product’s reason', async ({ expect }) => {
    await open(`/p/${DRESS}`);
    await expect.poll(async () => (await profileOf(await visitorId())).counts.product_viewed, PATIENCE).toBe(1);
    await page.getByRole('button', { name: 'What Vitrine knows' }).click();
    const drawer = page.locator('#drawer');
    const shown = async (part: string) => (await drawer.locator(part).allTextContents()).join('\n');
    await expect.poll(() => shown('.counts'), PATIENCE).toContain('product viewed 1');
    await expect.poll(() => shown('.tier'), PATIENCE).toContain('live');
    await expect.poll(() => shown('.reasons'), PATIENCE).toContain('Often viewed together');
    await page.keyboard.press('Escape');
    await expect.poll(() => drawer.isVisible()).toBe(false);
    expect(faults).toEqual([]);
  });

  test.for([
    ['desktop', 1280, 900],
    ['phone', 390, 844],
  ] as const)(
    'no page is wider than a %s, nothing shifts when the slots fill',
    async ([, width, height], { expect }) => {
      await page.setViewportSize({ width, height });
      for (const where of ['/', '/c/dresses', `/p/${DRESS}`, '/cart', '/search?q=linen', '/checkout/thanks']) {
        await page.addInitScript(() => {
          const shifts = { sum: 0 };
          Object.assign(globalThis, { shifts });
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) {
              const { value, hadRecentInput } = entry as PerformanceEntry & { value: number; hadRecentInput: boolean };
              if (!hadRecentInput) shifts.sum += value;
            }
          }).observe({ type: 'layout-shift', buffered: true });
        });
        await open(where);
        await page.waitForLoadState('networkidle');
        const { overflow, shifted } = await page.evaluate(() => ({
          overflow: document.documentElement.scrollWidth - innerWidth,
          shifted: (globalThis as unknown as { shifts: { sum: number } }).shifts.sum,
        }));
        expect([where, overflow <= 0, shifted < 0.1]).toEqual([where, true, true]);
      }
      expect(faults).toEqual([]);
    },
  );
});
