import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import pMap from 'p-map';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from 'vitest';
import { startVitrine, type Vitrine } from '../../ops/runtime/start-vitrine.ts';
import { seededRandom } from '../../ops/seeded-random.ts';
import { seedSite } from '../../ops/site/seed-site.ts';
import { runs } from '../material/runs.ts';
import { hasBrowser, launchBrowser, launchWithProfile } from './browser.ts';

const SITE = { id: 'walks', name: 'Walks', writeKey: 'wk_walks', secretKey: 'sk_walks' };
const PATIENCE = { timeout: 30_000, interval: 100 };

/** An event as the lake holds it. */
interface LakeEvent {
  readonly id: string;
  readonly type: string;
  readonly ledger: string;
  readonly userId?: string;
  readonly properties?: Record<string, unknown>;
  readonly consent?: string[];
  readonly context?: unknown;
}

describe.skipIf(!hasBrowser)('the beacon in a browser', () => {
  let stateDir: string;
  let vitrine: Vitrine;
  let shop: Server;
  let vitrineUrl: string;
  let shopUrl: string;
  let browser: Browser;
  let context: BrowserContext;

  beforeAll(async () => {
    stateDir = mkdtempSync(path.join(tmpdir(), 'vitrine-beacon-'));
    vitrine = await startVitrine({ stateDir, maxBatchTimeoutSeconds: 0.2 });
    // Pages and beacon must be of one site for the browser, which takes localhost and 127.0.0.1 for two.
    vitrineUrl = vitrine.url.replace('127.0.0.1', 'localhost');
    shop = createServer((request, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(pages[request.url ?? ''] ?? html());
    });
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
    shopUrl = `http://localhost:${(shop.address() as AddressInfo).port}`;
    await seedSite(await vitrine.getD1('DB'), { ...SITE, origins: [shopUrl] });
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    shop?.close();
    await vitrine?.stop();
    rmSync(stateDir, { recursive: true, force: true });
  });
  beforeEach(async () => {
    context = await browser.newContext();
  });
  afterEach(() => context.close());

  /** Pages of their own, by path. */
  const pages: Record<string, string> = {};
  /** A page of the shop's origin whose only script is the beacon. */
  const html = (before = '') => `<!doctype html><title>a page</title>${before}
    <script async src="${vitrineUrl}/v/beacon.js" data-key="${SITE.writeKey}"></script><div id="slots"></div>`;
  const open = async (where = '/t/a', page?: Page) => {
    const opened = page ?? (await context.newPage());
    await opened.goto(`${shopUrl}${where}`);
    await opened.waitForFunction(() => 'anonymousId' in ((window as unknown as { vitrine?: object }).vitrine ?? {}));
    return opened;
  };
  /** Runs calls on `window.vitrine` in a page. */
  const run = (page: Page, ...calls: unknown[][]) =>
    page.evaluate((all) => {
      const { vitrine } = window as unknown as { vitrine: { push(call: unknown): void } };
      for (const call of all) vitrine.push(call);
    }, calls as unknown[]);
  const idOf = (page: Page) =>
    page.evaluate(() => (window as unknown as { vitrine: { anonymousId: string } }).vitrine.anonymousId);
  const waiting = (page: Page) =>
    page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('vitrine:e:')).length);

  /** Events of the raw lake, each once, in the order of their ids. */
  async function lake(): Promise<LakeEvent[]> {
    const bucket = await vitrine.getR2('LAKE');
    const events = new Map<string, LakeEvent>();
    const { objects } = await bucket.list({ prefix: `raw/site=${SITE.id}/` });
    for (const { key } of objects) {
      const object = await bucket.get(key);
      if (!object) continue;
      const text = gunzipSync(Buffer.from(await object.arrayBuffer())).toString('utf8');
      for (const line of text.split('\n').filter(Boolean)) {
        const event: LakeEvent = JSON.parse(line);
        events.set(`${event.ledger} ${event.id}`, event);
      }
    }
    return [...events.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }
  const ofDevice = async (id: string) => (await lake()).filter(({ ledger }) => ledger === `a/${id}`);
  const typesOf = async (id: string) => (await ofDevice(id)).map(({ type }) => type);

  test('a logout is complete: the cookie names the guest, who reads his own empty profile', async ({ expect }) => {
    for (let round = 0; round < 5; round += 1) {
      await context.clearCookies();
      const page = await open();
      await run(page, ['identify', 'u-1', {}], ['track', 'product_added', { product_id: 'shoe-street-sneaker' }]);
      await expect.poll(() => waiting(page), PATIENCE).toBe(0);
      await run(page, ['reset']);
      const guest = await idOf(page);
      await expect.poll(() => waiting(page), PATIENCE).toBe(0);
      const cookies = await context.cookies(vitrineUrl);
      expect(cookies.find(({ name }) => name === 'vitrine_id')?.value).toBe(guest);
      const profile = await page.evaluate(
        async ([url, key, id]) =>
          (await fetch(`${url}/v/profile?key=${key}&anonymousId=${id}`, { credentials: 'include' })).json(),
        [vitrineUrl, SITE.writeKey, guest] as const,
      );
      expect(profile).toMatchObject({ anonymousId: guest, userId: null, cart: [] });
      await page.close();
    }
  });

  test('half an emoji, an event that is too large, and ids of nobody hold nothing back', async ({ expect }) => {
    const page = await open();
    const warnings: string[] = [];
    page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()));
    const id = await idOf(page);
    await run(
      page,
      ['track', 'product_viewed', { product_id: 'p1', name: 'Trail 👟'.slice(0, 7) }],
      ['track', 'search_results', { blob: 'x'.repeat(70_000) }],
      ['identify', undefined, {}],
      ['identify', null, {}],
      ['identify', 'undefined', {}],
      ['identify', 'undefined', {}],
      ['track', 'product_added', { product_id: 'p1' }],
    );
    await expect.poll(() => typesOf(id), PATIENCE).toEqual(['page_viewed', 'product_viewed', 'product_added']);
    expect(await waiting(page)).toBe(0);
    expect((await ofDevice(id)).some(({ userId }) => userId !== undefined)).toBe(false);
    expect(warnings.filter((text) => text.includes('identify(undefined)'))).toHaveLength(1);
    expect(warnings.filter((text) => text.includes('too large'))).toHaveLength(1);
    // A number is a user, the same one on each page.
    for (let load = 0; load < 3; load += 1) {
      await open('/t/again', page);
      await run(page, ['identify', 42, { plan: 'gold' }]);
      expect(await idOf(page)).toBe(id);
    }
    await expect
      .poll(async () => (await ofDevice(id)).filter(({ userId }) => userId === '42').length, PATIENCE)
      .toBeGreaterThanOrEqual(3);
  });

  test('a choice that was pushed before the script holds for the first event', async ({ expect }) => {
    const page = await context.newPage();
    const refusal = '{ analytics: false, personalization: false, marketing: true }';
    pages['/t/consent'] = html(`<script>vitrine = [['consent', ${refusal}]]</script>`);
    await open('/t/consent', page);
    const id = await idOf(page);
    await expect.poll(() => typesOf(id), PATIENCE).toEqual(['consent_changed', 'page_viewed']);
    expect((await ofDevice(id)).find(({ type }) => type === 'page_viewed')?.consent).toEqual(['marketing']);
  });

  test('a page that waits for a decision stores and sends nothing, and then all since the landing', async ({
    expect,
  }) => {
    const page = await context.newPage();
    pages['/t/required'] = html().replace('data-key', 'data-consent="required" data-key');
    const requests: string[] = [];
    page.on('request', (request) => request.url().includes('/v/events') && requests.push(request.postData() ?? ''));
    await page.goto(`${shopUrl}/t/required`);
    await page.waitForFunction(() => 'push' in ((window as unknown as { vitrine?: object }).vitrine ?? {}));
    await run(page, ['track', 'product_viewed', { product_id: 'p1' }], ['identify', 'ann', {}], ['reset']);
    await page.waitForTimeout(1_500);
    expect([requests, await page.evaluate(() => Object.keys(localStorage))]).toEqual([[], []]);
    await run(page, ['consent', { analytics: true, personalization: true }]);
    const id = await idOf(page);
    await expect.poll(() => waiting(page), PATIENCE).toBe(0);
    await expect
      .poll(async () => (await lake()).filter(({ properties }) => properties?.product_id === 'p1').length, PATIENCE)
      .toBeGreaterThan(0);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('a change before the second file is there is a page view too, a replaced address is none', async ({
    expect,
  }) => {
    const early = async (change: (path: string) => void, path: string) => {
      const page = await context.newPage();
      const gate = Promise.withResolvers<void>();
      await page.route('**/v/beacon-page*', async (route) => {
        await gate.promise;
        await route.continue();
      });
      await open(path, page);
      const id = await idOf(page);
      await page.evaluate(change, `${path}/2`);
      gate.resolve();
      await page.evaluate(() => {
        const slot = document.createElement('div');
        slot.dataset.vitrineSlot = 'late';
        document.querySelector('#slots')?.append(slot);
      });
      await page.waitForFunction(() => document.querySelector<HTMLElement>('[data-vitrine-slot]')?.dataset.vitrineTier);
      await run(page, ['track', 'product_viewed', { product_id: path }]);
      const viewed = async () =>
        (await ofDevice(id)).filter(({ properties }) => properties?.product_id === path).length;
      await expect.poll(viewed, PATIENCE).toBeGreaterThan(0);
      return (await lake()).filter(
        ({ type, context: said }) => type === 'page_viewed' && JSON.stringify(said).includes(path),
      ).length;
    };
    expect(await early((to) => history.pushState({}, '', to), '/t/early')).toBe(2);
    expect(await early((to) => history.replaceState({}, '', to), '/t/replaced')).toBe(1);
  });

  test('changes of the page without a load are page views and fill slots, a replaced address is none', async ({
    expect,
  }) => {
    const page = await open('/t/spa');
    const id = await idOf(page);
    await page.evaluate(() => {
      history.pushState({}, '', '/t/spa/2');
      document.title = 'second';
      history.replaceState({}, '', '/t/spa/2?filter=1');
      const slot = document.createElement('div');
      slot.dataset.vitrineSlot = 'late';
      document.querySelector('#slots')?.append(slot);
    });
    await page.waitForFunction(() => document.querySelector<HTMLElement>('[data-vitrine-slot]')?.dataset.vitrineTier);
    await page.evaluate(() => history.back());
    await expect
      .poll(async () => (await typesOf(id)).filter((type) => type === 'page_viewed').length, PATIENCE)
      .toBe(3);
  });

  test('a page that comes back from the browser’s cache is viewed again, and its slots are filled anew', async ({
    expect,
  }) => {
    const caching = await launchBrowser(['--disable-back-forward-cache']);
    try {
      const page = await caching.newPage();
      pages['/t/cached'] = html('<div data-vitrine-slot="home" data-strategy="recently_viewed"></div>');
      await open('/t/cached', page);
      const id = await idOf(page);
      await page.waitForFunction(() => document.querySelector<HTMLElement>('[data-vitrine-slot]')?.dataset.vitrineTier);
      await page.evaluate(() => {
        (window as unknown as { mark: string }).mark = 'kept';
        document.querySelector('[data-vitrine-slot]')?.removeAttribute('data-vitrine-tier');
      });
      await open('/t/other', page);
      await page.evaluate(() => history.back());
      // Only a page that was kept whole still has it.
      await page.waitForFunction(() => (window as unknown as { mark?: string }).mark === 'kept');
      await page.waitForFunction(() => document.querySelector<HTMLElement>('[data-vitrine-slot]')?.dataset.vitrineTier);
      await expect.poll(() => typesOf(id), PATIENCE).toEqual(['page_viewed', 'page_viewed', 'page_viewed']);
    } finally {
      await caching.close();
    }
  });

  test('a page that is only prerendered is no page view', async ({ expect }) => {
    const page = await context.newPage();
    await page.addInitScript(() => {
      if (location.pathname !== '/t/prerendered') return;
      let prerendering = true;
      Object.defineProperty(document, 'prerendering', { get: () => prerendering });
      (window as unknown as { show(): void }).show = () => {
        prerendering = false;
        document.dispatchEvent(new Event('prerenderingchange'));
      };
    });
    await page.goto(`${shopUrl}/t/prerendered`);
    await page.waitForTimeout(1_500);
    expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
    await page.evaluate(() => (window as unknown as { show(): void }).show());
    const id = await idOf(page);
    await expect.poll(() => typesOf(id), PATIENCE).toEqual(['page_viewed']);
  });

  test.for<[string, () => void]>([
    [
      'storage that is full',
      () => {
        Storage.prototype.setItem = () => {
          throw new DOMException('full', 'QuotaExceededError');
        };
      },
    ],
    [
      'storage that is forbidden',
      () => {
        Object.defineProperty(window, 'localStorage', {
          get() {
            throw new DOMException('forbidden', 'SecurityError');
          },
        });
      },
    ],
    [
      'cookies that are forbidden',
      () => {
        Object.defineProperty(document, 'cookie', {
          set() {
            throw new DOMException('forbidden', 'SecurityError');
          },
        });
      },
    ],
    [
      'prototypes that a library has changed',
      () => {
        (Array.prototype as unknown as Record<string, unknown>).toJSON = () => '[object Array]';
        (Object.prototype as unknown as Record<string, unknown>).mode = 'x';
        (Object.prototype as unknown as Record<string, unknown>).userId = 'mallory';
      },
    ],
    [
      'a clock that is five hours off',
      () => {
        const { now } = Date;
        const Real = Date;
        const shift = 5 * 3_600_000;
        Real.now = () => now() + shift;
        (window as unknown as { Date: unknown }).Date = class extends Real {
          constructor(...args: []) {
            if (args.length === 0) super(Real.now());
            else super(...args);
          }
        };
      },
    ],
  ])('%s: every event arrives, once, in order', async ([, spoil], { expect }) => {
    const page = await context.newPage();
    await page.addInitScript(spoil);
    await open('/t/spoiled', page);
    const id = await idOf(page);
    await run(
      page,
      ['track', 'product_viewed', { product_id: 'p1' }],
      ['track', 'product_added', { product_id: 'p1' }],
      ['track', 'order_completed', { order_id: `o-${id}`, products: [{ product_id: 'p1' }] }],
    );
    await expect
      .poll(() => typesOf(id), PATIENCE)
      .toEqual(['page_viewed', 'product_viewed', 'product_added', 'order_completed']);
    expect((await ofDevice(id)).at(-1)?.properties?.products).toEqual([{ product_id: 'p1' }]);
    expect((await ofDevice(id)).every(({ userId }) => userId === undefined)).toBe(true);
  });

  test('a storm of 503 with a date as Retry-After stays under a request a second', async ({ expect }) => {
    const page = await open('/t/storm');
    let requests = 0;
    await page.route('**/v/events*', (route) => {
      requests += 1;
      return route.fulfill({
        status: 503,
        headers: {
          'access-control-allow-origin': shopUrl,
          'access-control-allow-credentials': 'true',
          'access-control-expose-headers': 'Retry-After',
          'retry-after': new Date(Date.now() + 60_000).toUTCString(),
        },
      });
    });
    for (let n = 0; n < 20; n += 1) {
      await run(page, ['track', 'product_added', { product_id: `p${n}` }]);
      await page.waitForTimeout(150);
    }
    expect(requests).toBeLessThanOrEqual(3);
  });

  test('200 events over five tabs, the network cut, pages closed, the browser started again: each arrives, once', async ({
    expect,
  }) => {
    const profile = path.join(stateDir, 'profile');
    const [TABS, EACH] = [5, 40];
    const track = (page: Page, tab: number, from: number, to: number) =>
      run(
        page,
        ...Array.from({ length: to - from }, (_, n) => [
          ...['track', n % 3 === 0 ? 'product_added' : 'product_viewed'],
          { product_id: `tab${tab}-${from + n}` },
        ]),
      );
    const first = await launchWithProfile(profile);
    const tabs = await Promise.all(Array.from({ length: TABS }, async () => open('/t/tabs', await first.newPage())));
    await Promise.all(tabs.map((page, tab) => track(page, tab, 0, 10)));
    await first.setOffline(true);
    await Promise.all(tabs.map((page, tab) => track(page, tab, 10, 20)));
    await Promise.all(tabs.slice(0, 2).map((page) => page.close()));
    await first.setOffline(false);
    const others = await Promise.all([0, 1].map(async () => open('/t/tabs', await first.newPage())));
    await Promise.all([...others, ...tabs.slice(2)].map((page, tab) => track(page, tab, 20, 30)));
    await first.setOffline(true);
    await Promise.all([...others, ...tabs.slice(2)].map((page, tab) => track(page, tab, 30, EACH)));
    // What the browser has not written to its disk when it is killed nobody can keep: it is closed, as people do.
    await first.close();
    const second = await launchWithProfile(profile);
    const last = await open('/t/tabs', await second.newPage());
    await expect.poll(() => waiting(last), PATIENCE).toBe(0);
    const id = await idOf(last);
    await second.close();
    await expect.poll(async () => (await ofDevice(id)).length, PATIENCE).toBeGreaterThanOrEqual(TABS * EACH);
    const products = (await ofDevice(id)).flatMap(({ properties }) => properties?.product_id ?? []);
    expect(products).toHaveLength(TABS * EACH);
    expect(new Set(products).size).toBe(TABS * EACH);
  });

  /** Two people, three tabs: logins, logouts, closed tabs and times without a network; each event is its person's, once. */
  test('random walks of two people over three tabs mix nobody and lose nothing', async ({ expect }) => {
    const WALKS = runs(5);
    // What a browser takes to tell its other tabs what one has stored; nobody changes tabs as fast.
    const TABS_MS = 50;
    const expected = new Map<string, string | undefined>();
    const goOn = async (walk: number) => {
      const random = seededRandom(walk + 1);
      const own = await browser.newContext();
      const tab = async () => open(`/t/${walk}`, await own.newPage());
      const tabs = [await tab(), await tab(), await tab()];
      let user: string | undefined;
      let offline = false;
      for (let step = 0; step < 14; step += 1) {
        const at = Math.floor(random() * tabs.length);
        const page = tabs[at] as Page;
        const dice = random();
        if (dice < 0.15) {
          user = random() < 0.5 ? 'anna' : 'ben';
          await run(page, ['identify', user, {}]);
          await page.waitForTimeout(TABS_MS);
        } else if (dice < 0.25) {
          user = undefined;
          await run(page, ['reset']);
          await page.waitForTimeout(TABS_MS);
        } else if (dice < 0.35) {
          offline = !offline;
          await own.setOffline(offline);
        } else if (dice < 0.42 && !offline) {
          await page.close();
          tabs[at] = await tab();
        } else {
          const marker = `w${walk}-${step}`;
          expected.set(marker, user);
          await run(page, ['track', random() < 0.5 ? 'product_viewed' : 'product_added', { product_id: marker }]);
        }
      }
      await own.setOffline(false);
      const last = await tab();
      await expect.poll(() => waiting(last), PATIENCE).toBe(0);
      await own.close();
    };
    // Each in a browser profile of its own; most of a walk is waiting.
    await pMap(Array.from({ length: WALKS }).keys(), goOn, { concurrency: 3 });
    const seen = async () => (await lake()).filter(({ properties }) => expected.has(String(properties?.product_id)));
    await expect.poll(async () => (await seen()).length, PATIENCE).toBe(expected.size);
    const events = await seen();
    expect(
      Object.fromEntries(events.map(({ properties, userId }) => [String(properties?.product_id), userId])),
    ).toEqual(Object.fromEntries(expected));
    const users = new Map<string, Set<string>>();
    for (const { ledger, userId } of await lake())
      if (userId !== undefined && userId !== '42') users.set(ledger, (users.get(ledger) ?? new Set()).add(userId));
    expect([...users.values()].filter((names) => names.size > 1)).toEqual([]);
  });
});
