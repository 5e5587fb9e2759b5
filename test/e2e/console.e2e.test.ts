import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, test, vi } from 'vitest';
import type { Results } from '../../core/experiments/results.ts';
import { products } from '../../examples/storefront/catalogue/catalogue.ts';
import { DEMO } from '../../ops/start/demo-site.ts';
import { type Demo, startDemo } from '../../ops/start/start-demo.ts';
import { axeViolations, faultsOf, hasBrowser, launchBrowser, PATIENCE } from './browser.ts';

const COAT = 'coat-wool-over';
const COAT_PRICE = products.find(({ id }) => id === COAT)?.price.amount;
const DRESSES = ['dress-linen-wrap', 'dress-ribbed-column'];
/** A segment is in force a minute after it was made; what was viewed before counts for nothing. */
const IN_FORCE = { timeout: 100_000, interval: 500 };
const PHONE = { width: 390, height: 844 };

describe.skipIf(!hasBrowser)('the console in a browser', () => {
  let stateDir: string;
  let demo: Demo;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    stateDir = mkdtempSync(path.join(tmpdir(), 'vitrine-console-'));
    demo = await startDemo({ stateDir, port: 0, shopPort: 0, shoppers: false });
    // What was just defined holds from the first event on.
    const db = await demo.vitrine.getD1('DB');
    await db.batch(['attributes', 'segments'].map((table) => db.prepare(`UPDATE ${table} SET since = 0`)));
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
    // What is half written is refused, which the browser tells of.
    faults = faultsOf(page, (text) => text.includes('400'));
  });
  afterEach(() => context.close());

  const signIn = async (where = '/console', on = page) => {
    await on.goto(`${demo.vitrineUrl}${where}`);
    await on.getByLabel('Secret key of the site').fill(DEMO.secretKey);
    await on.keyboard.press('Enter');
    await on.getByRole('navigation', { name: 'Console' }).waitFor();
  };
  /** By how much a page is wider than its window, in pixels. */
  const tooWide = (on: Page) =>
    on.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  const saved = (on = page) => on.getByRole('status').filter({ hasText: 'Draft saved' }).waitFor();
  const publish = async () => {
    await page.getByRole('button', { name: 'Publish …' }).click();
    await page.getByRole('button', { name: /^Publish version/ }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  };
  const pin = async (words: string) => {
    await page.getByLabel('Products', { exact: true }).fill(words);
    await page.getByRole('listbox', { name: 'Products found' }).getByRole('option').first().waitFor();
    await page.keyboard.press('Enter');
  };
  const call = async (path: string, body: object) => {
    const headers = { authorization: `Bearer ${DEMO.secretKey}`, 'content-type': 'application/json' };
    const answer = await fetch(`${demo.vitrine.url}/api${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(await answer.text());
  };
  /** Starts from nothing, whatever a test before has left. */
  const reset = async () => {
    const headers = { authorization: `Bearer ${DEMO.secretKey}`, 'content-type': 'application/json' };
    await fetch(`${demo.vitrine.url}/api/merchandising/draft`, { method: 'DELETE', headers });
    const body = JSON.stringify({ version: 0 });
    await fetch(`${demo.vitrine.url}/api/merchandising/rollback`, { method: 'POST', headers, body });
  };
  const postAsServer = (events: readonly object[]) =>
    fetch(`${demo.vitrineUrl}/v/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${DEMO.secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ events }),
    });
  /** Sends an order without its number; says how it was answered. */
  const postRefused = async (id: string) => {
    const event = { id, type: 'order_completed', occurredAt: new Date().toISOString(), anonymousId: 'd' };
    const answer = await fetch(`${demo.vitrineUrl}/v/events?key=${DEMO.writeKey}`, {
      method: 'POST',
      body: JSON.stringify({ events: [{ ...event, properties: { orderNumber: 'N-1' } }] }),
    });
    return answer.status;
  };
  /** What a slot of the shop's front page shows to a visitor. */
  const slotOf = async (visitor: Page, slot = 'home-for-you') => {
    await visitor.goto(demo.shopUrl);
    const place = visitor.locator(`[data-vitrine-slot="${slot}"]`);
    await place.locator('[data-product-id]').first().waitFor();
    return place;
  };
  /** Makes a visitor one of the segment `dress_lovers`. */
  const lookAtDresses = async (visitor: Page) => {
    for (const id of DRESSES) {
      await visitor.goto(`${demo.shopUrl}/p/${id}`);
      await visitor.waitForTimeout(500);
    }
  };
  const firstIn = async (visitor: Page) =>
    (await slotOf(visitor)).locator('[data-product-id]').first().getAttribute('data-product-id');

  test('a merchandiser pins a product for a segment, sees it before, publishes, and rolls back', async ({ expect }) => {
    await reset();
    const [lover, other] = [await context.newPage(), await (await browser.newContext()).newPage()];
    await lookAtDresses(lover);
    expect(await firstIn(lover)).not.toBe(COAT);

    const begunAt = Date.now();
    await signIn();
    await page.getByRole('button', { name: 'New rule' }).first().click();
    await page.getByLabel('Name of the rule').fill('Coats for those who love dresses');
    await page.getByLabel('Name of another slot').fill('home-for-you');
    await page.keyboard.press('Enter');
    await page.getByLabel('A segment').check();
    await page.getByLabel('Segment', { exact: true }).selectOption('dress_lovers');
    await pin('wool overcoat');
    await saved();
    await page.getByLabel('Visitor').selectOption('made_up');
    await page.getByRole('group', { name: 'Segments' }).getByLabel('dress_lovers').check();
    const then = page.getByRole('region', { name: 'With the draft' });
    await expect.poll(() => then.locator('[data-product]').first().getAttribute('data-product'), PATIENCE).toBe(COAT);
    await expect.poll(() => then.getByText('Coats for those who love dresses').count(), PATIENCE).toBeGreaterThan(0);
    const now = page.getByRole('region', { name: 'Now' });
    expect(await now.locator('[data-product]').first().getAttribute('data-product')).not.toBe(COAT);
    expect(await tooWide(page)).toBe(0);
    await publish();
    // A person takes longer than this; what is counted here is what the console takes.
    expect(Date.now() - begunAt).toBeLessThan(60_000);

    const patience = { timeout: 35_000, interval: 500 };
    const loversFirst = async () => {
      await lookAtDresses(lover);
      return firstIn(lover);
    };
    await expect.poll(loversFirst, IN_FORCE).toBe(COAT);
    expect(await firstIn(other)).not.toBe(COAT);

    await page.getByRole('button', { name: 'History' }).click();
    await page.getByRole('button', { name: 'Roll back to nothing' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expect.poll(() => firstIn(lover), patience).not.toBe(COAT);
    await other.context().close();
    expect(faults).toEqual([]);
  });

  test('a mistake is named where it stands, and nothing of it is published', async ({ expect }) => {
    await reset();
    await signIn();
    await page.getByRole('button', { name: 'New rule' }).first().click();
    await page.getByLabel('A condition').check();
    const condition = page.getByLabel('Condition', { exact: true });
    await condition.fill('visitor.orders > 0 &&\n  visitor.ordrs > 1');
    await pin('beanie');
    await expect
      .poll(() => page.locator('.condition .faults').textContent(), PATIENCE)
      .toContain('visitor has no "ordrs"');
    expect(await page.locator('.condition .faults').textContent()).toContain('line 2, column 3');
    expect(await page.getByRole('button', { name: 'Publish …' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Go to the mistake' }).click();
    expect(
      await condition.evaluate((area: HTMLTextAreaElement) => area.value.slice(area.selectionStart, area.selectionEnd)),
    ).toBe('visitor.ordrs');
    // Names are completed by keys.
    await condition.fill('');
    await condition.pressSequentially('visitor.or');
    await page.getByRole('option', { name: 'orders' }).waitFor();
    await page.keyboard.press('Enter');
    expect(await condition.inputValue()).toBe('visitor.orders');
    await condition.pressSequentially(' > 0');
    await saved();
    expect(await page.locator('.faults').count()).toBe(0);
    expect(faults).toEqual([]);
  });

  test('rules are put into another order by keys and by dragging', async ({ expect }) => {
    await reset();
    await signIn();
    for (const name of ['First', 'Second', 'Third']) {
      await page.getByRole('button', { name: 'New rule' }).first().click();
      await page.getByLabel('Name of the rule').fill(name);
      await pin('beanie');
    }
    const names = () => page.locator('.rule-list .entry-name').allInnerTexts();
    expect(await names()).toEqual(['Third', 'Second', 'First']);
    await page.getByRole('link', { name: /^First/ }).focus();
    await page.keyboard.press('Alt+ArrowUp');
    await expect.poll(names, PATIENCE).toEqual(['Third', 'First', 'Second']);
    await page.locator('.rule-list li').nth(0).dragTo(page.locator('.rule-list li').nth(2));
    await expect.poll(names, PATIENCE).toEqual(['First', 'Second', 'Third']);
    await saved();
    await page.reload();
    await expect.poll(names, PATIENCE).toEqual(['First', 'Second', 'Third']);
    expect(faults).toEqual([]);
  });

  test('a slot gets a banner and HTML of its own, which a rule chooses for a segment', async ({ expect }) => {
    await reset();
    await signIn();
    await page.getByRole('button', { name: 'Define a slot' }).first().click();
    await page.getByLabel('Name of the slot').fill('home-for-you');
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Add a banner' }).click();
    await page.locator('.banner summary').click();
    await page.locator('.banner').getByLabel('Name').fill('dresses');
    await page.keyboard.press('Tab');
    await page.locator('.banner summary').filter({ hasText: 'dresses' }).click();
    await page.locator('.banner').getByRole('button', { name: 'Add a text' }).first().click();
    await page.getByLabel('Title (default)').fill('New dresses are here');
    await saved();
    await page.getByRole('button', { name: 'New rule' }).first().click();
    await page.getByLabel('home-for-you', { exact: true }).check();
    await page.getByLabel('A segment').check();
    await page.getByLabel('Segment', { exact: true }).selectOption('dress_lovers');
    await page.getByLabel('Do', { exact: true }).selectOption('content');
    await page.getByLabel('Banner').selectOption('dresses');
    await saved();
    await publish();
    const lover = await context.newPage();
    const banner = async (visitor: Page) => (await slotOf(visitor)).locator('.vitrine-content-title').allInnerTexts();
    const loversBanner = async () => {
      await lookAtDresses(lover);
      return banner(lover);
    };
    await expect.poll(loversBanner, IN_FORCE).toEqual(['New dresses are here']);
    const other = await (await browser.newContext()).newPage();
    expect(await banner(other)).toEqual([]);
    await other.context().close();
    expect(faults).toEqual([]);
  });

  test('an experiment is made and started; what it earns is seen, and who is held out sees what everybody sees', async ({
    expect,
  }) => {
    await reset();
    await signIn('/console/experiments');
    await page.getByRole('button', { name: 'New experiment' }).click();
    await page.getByLabel('Name', { exact: true }).fill('coats-first');
    await page.getByLabel('Slots').fill('home-for-you');
    await page.getByLabel('Do').selectOption('pin');
    await pin('wool overcoat');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText('Too early to tell').waitFor();
    const results = async () => {
      const headers = { authorization: `Bearer ${DEMO.secretKey}` };
      const answer = await fetch(`${demo.vitrine.url}/api/experiments/coats-first/results`, { headers });
      const { variants } = (await answer.json()) as Results;
      return variants.map(({ visitors, totals }) => [
        visitors,
        totals.clicks,
        totals.orders,
        totals.attributed_revenue,
      ]);
    };

    // Visitors come until each variant has one; chance gives one of them to half of them.
    // As people’s browsers: experiments count no bots.
    const userAgent = (await page.evaluate(() => navigator.userAgent)).replace('Headless', '');
    const someone = async () => (await browser.newContext({ userAgent })).newPage();
    const met = new Map<boolean, Page>();
    for (let tries = 0; tries < 20 && met.size < 2; tries += 1) {
      const visitor = await someone();
      met.set((await firstIn(visitor)) === COAT, visitor);
    }
    const buyer = met.get(true);
    if (!buyer) throw new Error('nobody was shown the coat');
    await (await slotOf(buyer)).locator(`[data-product-id="${COAT}"] a`).click();
    await buyer.waitForURL(`**/p/${COAT}`);
    await buyer.getByRole('button', { name: 'Add to bag' }).click();
    await buyer.waitForURL('**/cart');
    await buyer.goto(`${demo.shopUrl}/checkout`);
    await buyer.locator('main form button').last().click();
    await buyer.waitForURL('**/checkout/thanks');
    await expect.poll(async () => (await results())[1]?.slice(1), PATIENCE).toEqual([1, 1, COAT_PRICE]);
    expect((await results())[0]?.slice(1)).toEqual([0, 0, 0]);
    await page.reload();
    const row = page.getByRole('row').filter({ hasText: 'new' });
    await expect.poll(() => row.textContent(), PATIENCE).toContain('100.0 %');

    await call('/experiments', {
      ...{ name: 'holdout', kind: 'holdout' },
      variants: [
        { name: 'served', weight: 0 },
        { name: 'held-out', weight: 1, actions: [{ do: 'strategy', strategy: 'trending' }] },
      ],
    });
    await call('/experiments/holdout/start', {});
    const fresh = await someone();
    await lookAtDresses(fresh);
    const place = await slotOf(fresh);
    expect(await place.getAttribute('data-vitrine-tier')).not.toBe('live');
    expect(await firstIn(fresh)).not.toBe(COAT);
    for (const name of ['holdout', 'coats-first']) await call(`/experiments/${name}/end`, {});
  });

  test('the catalogue is searched, and says why a product is or is not shown', async ({ expect }) => {
    await reset();
    await signIn('/console/catalogue');
    await page.getByRole('searchbox').fill('wrap coa');
    await page.getByRole('link', { name: /Wrap coat/ }).click();
    await page.getByText('is never shown: not available').waitFor();
    await page.getByRole('searchbox').fill('suede bucket');
    await page.getByRole('link', { name: /Suede bucket bag/ }).click();
    await page.getByText('item.brand').waitFor();
    await page.getByRole('button', { name: 'Ask' }).click();
    await page.getByText('no strategy came upon it').waitFor();
    expect(faults).toEqual([]);
  });

  test('events that failed are shown by their cause and sent in again; a page is watched by a link', async ({
    expect,
  }) => {
    expect(await postRefused('shown-in-console')).toBe(202);
    await signIn('/console/events');
    await page.getByRole('link', { name: /A property is wrong: properties.order_id/ }).click();
    await page.getByText('shown-in-console').first().click();
    await page.getByText('"orderNumber": "N-1"').waitFor();
    await page.getByRole('button', { name: 'What would become of them' }).click();
    await page.getByText('1 would be refused (invalid_properties).').waitFor();
    await page.getByRole('button', { name: 'Make a link' }).click();
    const link = await page.getByRole('link', { name: 'Open the page with its debugger' }).getAttribute('href');
    const shop = await context.newPage();
    await shop.goto(link ?? '');
    await shop.locator('vitrine-debugger section').waitFor();
    expect(faults).toEqual([]);
  });

  test('what comes is seen on the page of health, and what it leans on answers', async ({ expect }) => {
    await signIn('/console/health');
    const [type] = [`own_${Date.now()}`];
    const event = { id: type, type, occurredAt: new Date().toISOString(), userId: 'ann', properties: {} };
    await fetch(`${demo.vitrineUrl}/v/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${DEMO.secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ events: [event] }),
    });
    await page.getByText('All is as usual.').waitFor();
    await page.getByRole('rowheader', { name: type }).waitFor({ timeout: 60_000 });
    expect(await page.locator('.ready .good').count()).toBe(5);
    expect(faults).toEqual([]);
  });

  test('events go by on page Live, filtered, paused and expanded, and the address is a link to the filter', async ({
    expect,
  }) => {
    const post = (type: string, id: string) =>
      fetch(`${demo.vitrineUrl}/v/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${DEMO.secretKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          events: [
            { id, type, occurredAt: new Date().toISOString(), userId: 'live-ann', properties: { colour: 'red' } },
          ],
        }),
      });
    await signIn('/console/live?notType=hidden_one');
    await page.getByText('Watching.').waitFor();
    await post('seen_one', `a${Date.now()}`);
    await post('hidden_one', `b${Date.now()}`);
    const line = page.locator('.live summary').filter({ hasText: 'seen_one' });
    await line.waitFor();
    await page.getByText('2 came: 1 shown, 1 filtered out.').waitFor();
    await line.click();
    expect(await page.locator('.live pre').textContent()).toContain('"colour": "red"');
    await page.getByRole('button', { name: 'Pause' }).click();
    await post('while_paused', `c${Date.now()}`);
    await page.waitForTimeout(3_000);
    expect(await page.locator('.live summary').count()).toBe(1);
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.locator('.live summary').filter({ hasText: 'while_paused' }).waitFor();
    await page.getByLabel('Type', { exact: true }).fill('nothing_such');
    await page.waitForURL(/type=nothing_such/);
    await page.getByText('Nothing has come yet.').waitFor();
    expect(faults).toEqual([]);
  });

  test('a visitor is found by any of his ids, with what he did and would be shown; his data is saved, and erased with a receipt', async ({
    expect,
  }) => {
    const id = `erased-${Date.now()}`;
    const event = (type: string, properties: object, more: object) => ({
      id: `${id}-${type}`,
      type,
      occurredAt: new Date().toISOString(),
      anonymousId: `device-${id}`,
      properties,
      ...more,
    });
    await postAsServer([event('product_viewed', { product_id: COAT }, {}), event('identify', {}, { userId: id })]);
    await signIn('/console/visitors');
    await page.getByLabel('User id or anonymous id').fill('nobody of that name');
    await page.keyboard.press('Enter');
    await page.getByText('No event has named a user “nobody of that name”').waitFor();
    const line = page.locator('.live summary').filter({ hasText: 'product_viewed' });
    await vi.waitFor(
      async () => {
        await page.goto(`${demo.vitrineUrl}/console/visitors?id=device-${id}`);
        await line.waitFor({ timeout: 2_000 });
        await page.getByRole('link', { name: id, exact: true }).waitFor({ timeout: 1_000 });
      },
      { timeout: 30_000, interval: 500 },
    );
    await page.locator('.products li').first().waitFor();
    await page.getByText('Why', { exact: true }).click();
    await page.getByText('served as').waitFor();
    await page.getByRole('link', { name: id, exact: true }).click();
    await page.getByText(`User ${id}`).waitFor();
    await line.click();
    await page.getByText(`"product_id": "${COAT}"`).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export all that is held' }).click(),
    ]);
    const lines = (await readFile(await download.path(), 'utf8')).split('\n').map((text) => JSON.parse(text));
    expect(lines.filter(({ kind }) => kind === 'event').map((one) => one.event.id)).toContain(`${id}-product_viewed`);
    expect(lines.at(-1)?.kind).toBe('end');
    await page.getByRole('button', { name: 'Erase …' }).click();
    expect(await page.getByRole('button', { name: 'Erase', exact: true }).isDisabled()).toBe(true);
    await page.getByLabel(`Type ${id} to go on`).fill(id);
    await page.getByRole('button', { name: 'Erase', exact: true }).click();
    const receipt = (await page.locator('.receipt').textContent()) ?? '';
    const checked = await fetch(`${demo.vitrineUrl}/api/erasures/verify`, {
      method: 'POST',
      headers: { authorization: `Bearer ${DEMO.secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ receipt, userId: id }),
    });
    expect(await checked.json()).toMatchObject({ valid: true, about: true });
    expect(faults.filter((fault) => !fault.includes('404'))).toEqual([]);
  });

  test('a session is the browser’s own, ends when it is told to, and no other page can use it', async ({ expect }) => {
    await page.goto(`${demo.vitrineUrl}/console`);
    await page.getByLabel('Secret key of the site').fill('sk_wrong');
    await page.keyboard.press('Enter');
    await page.getByText('This is not the secret key of a site').waitFor();
    await signIn();
    const [cookie] = (await context.cookies()).filter(({ name }) => name === 'vitrine_console');
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    // A page of the shop has the cookie's site, and cannot speak as the console does.
    const shop = await context.newPage();
    await shop.goto(demo.shopUrl);
    const outcome = await shop.evaluate(async (url) => {
      const ask = (headers: Record<string, string>) =>
        fetch(`${url}/api/settings`, { credentials: 'include', headers }).then(
          (answer) => answer.status,
          () => 'refused',
        );
      return [await ask({}), await ask({ 'x-vitrine-console': '1' })];
    }, demo.vitrineUrl);
    expect(outcome).toEqual(['refused', 'refused']);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  test.for([
    ['light', { width: 1440, height: 900 }],
    ['dark', PHONE],
  ] as const)(
    'axe finds nothing on any page, and nothing is wider than the window: %s %j',
    async ([colorScheme, viewport], { expect }) => {
      await reset();
      const shown = await browser.newContext({ colorScheme, viewport });
      const on = await shown.newPage();
      const look = async (what: string) => {
        expect([what, await axeViolations(on)]).toEqual([what, []]);
        expect([what, await tooWide(on)]).toEqual([what, 0]);
      };
      await on.goto(`${demo.vitrineUrl}/console`);
      await on.getByRole('heading', { name: 'Sign in' }).waitFor();
      await look('sign in');
      await signIn('/console', on);
      await on.getByRole('heading', { name: 'Slots and rules' }).waitFor();
      await look('nothing chosen');
      await on.getByRole('button', { name: 'New rule' }).first().click();
      await on.getByLabel('A condition').check();
      await on.getByLabel('Condition', { exact: true }).fill('visitor.nothing');
      await on.getByLabel('Always').uncheck();
      await on.locator('.condition .faults').waitFor();
      await look('a rule with a mistake');
      await on.getByRole('button', { name: 'Define a slot' }).first().click();
      await on.getByRole('button', { name: 'Add a banner' }).click();
      await look('a slot');
      await on.getByRole('button', { name: 'History' }).click();
      await look('history');
      await on.keyboard.press('Escape');
      await on.goto(`${demo.vitrineUrl}/console/catalogue?product=${COAT}`);
      await on.getByText('item.brand').waitFor();
      await look('catalogue');
      await on.getByRole('button', { name: 'Add a feed' }).click();
      await look('a feed');
      await on.goto(`${demo.vitrineUrl}/console/experiments`);
      await on.locator('.variants, .empty').first().waitFor();
      await look('experiments');
      await on.getByRole('button', { name: 'New experiment' }).click();
      await on.locator('.variant').first().waitFor();
      await look('a draft');
      await on.getByRole('button', { name: 'Throw the draft away' }).click();
      await postRefused('seen-by-axe');
      await vi.waitFor(
        async () => {
          await on.goto(`${demo.vitrineUrl}/console/events`);
          await on.locator('.failed summary').first().click({ timeout: 2_000 });
        },
        { timeout: 30_000, interval: 500 },
      );
      await look('events');
      await on.goto(`${demo.vitrineUrl}/console/visitors?id=ann`);
      await postAsServer([
        { id: 'axe', type: 'own', occurredAt: new Date().toISOString(), userId: 'ann', properties: {} },
      ]);
      await vi.waitFor(
        async () => {
          await on.goto(`${demo.vitrineUrl}/console/visitors?id=ann`);
          await on.locator('.live summary').first().click({ timeout: 2_000 });
        },
        { timeout: 30_000, interval: 500 },
      );
      await on.locator('.products li').first().waitFor();
      await on.getByText('Why', { exact: true }).click();
      await look('visitors');
      await on.getByRole('button', { name: 'Erase …' }).click();
      await look('erase');
      await on.goto(`${demo.vitrineUrl}/console/health`);
      await on.locator('.ready .good').first().waitFor();
      await look('health');
      await on.goto(`${demo.vitrineUrl}/console/live`);
      await on.getByText('Watching.').waitFor();
      await look('live');
      await shown.close();
    },
  );
});
