import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { z } from 'zod';
import { products } from '../../examples/storefront/catalogue/catalogue.ts';
import { CHROMIUM_FLAGS, findChromium } from '../find-chromium.ts';
import { readOptions } from '../read-options.ts';
import { runWorld } from '../shoppers/run-world.ts';
import { worldSchema } from '../shoppers/world.ts';
import { DEMO } from '../start/demo-site.ts';

const USAGE = `usage: npm run pictures -- [options]: takes the pictures of docs/pictures from the demo that "npm start" runs
  --shop URL  the demo shop (default http://localhost:8788)
  --vitrine URL  Vitrine itself, for the console (default http://localhost:8787)
  --out DIR   where the pictures go (default docs/pictures)
  --png       PNG instead of JPEG`;

const values = readOptions(
  z.object({
    shop: z.url().default('http://localhost:8788'),
    vitrine: z.url().default('http://localhost:8787'),
    out: z.string().default('docs/pictures'),
    png: z.boolean().default(false),
  }),
  USAGE,
);
const executablePath = findChromium();
if (!executablePath) {
  process.stderr.write('No Chromium here: install one, or name it with CHROMIUM_PATH.\n');
  process.exit(1);
}

const SIZES = { desktop: { width: 1280, height: 860 }, phone: { width: 390, height: 844 } } as const;
/** Products that the visitor of the pictures has looked at. */
const LOOKED_AT = ['dress-linen-wrap', 'dress-ribbed-column', 'dress-linen-wrap'];

/** What a merchandiser might be at. */
const DRAFT = {
  slots: {
    'home-for-you': {
      diversity: 0.3,
      heading: { default: 'Picked for you', de: 'Für dich' },
      content: { dresses: { title: { default: 'New dresses are here' }, url: '/c/dresses' } },
    },
  },
  rules: [
    {
      name: 'Coats for those who love dresses',
      priority: 10,
      slots: ['home-for-you'],
      when: 'segments.dress_lovers',
      schedule: { timeZone: 'Europe/Vienna', from: '2026-11-01T00:00', until: '2027-02-01T00:00' },
      actions: [
        { do: 'pin', items: ['coat-wool-over', 'coat-navy-trench'], place: 1 },
        { do: 'content', content: 'dresses' },
      ],
    },
    { name: 'More of our own brand', actions: [{ do: 'boost', where: 'item.brand == "Nordhav"', by: 1.5 }] },
    { name: 'No sale in the first row', enabled: false, actions: [{ do: 'bury', where: 'item.on_sale', by: 2 }] },
  ],
} as const;

const settle = (page: Page) => page.waitForLoadState('networkidle');

async function takePictures(browser: Browser, name: keyof typeof SIZES, colorScheme: 'light' | 'dark'): Promise<void> {
  const context = await browser.newContext({ viewport: SIZES[name], colorScheme });
  const page = await context.newPage();
  const suffix = colorScheme === 'dark' ? `${name}-dark` : name;
  const picture = (what: string) =>
    page.screenshot({
      path: path.join(values.out, `${what}-${suffix}.${values.png ? 'png' : 'jpg'}`),
      ...(values.png ? { type: 'png' } : { type: 'jpeg', quality: 82 }),
    });
  for (const id of LOOKED_AT) {
    await page.goto(`${values.shop}/p/${id}`);
    await settle(page);
  }
  await picture('product');
  await page.goto(values.shop);
  await settle(page);
  await picture('home');
  await page.getByRole('button', { name: 'What Vitrine knows' }).click();
  const drawer = page.locator('#drawer');
  await drawer.locator('.reasons').first().waitFor({ state: 'attached' });
  await drawer.evaluate((element) => Promise.all(element.getAnimations({ subtree: true }).map((a) => a.finished)));
  await drawer.locator('summary').first().click();
  await drawer.evaluate((element) => element.querySelector('.facts-row')?.scrollIntoView());
  await settle(page);
  await picture('drawer');
  await takeConsole(page, picture);
  await context.close();
}

/** The console, with a rule that is being made and a product that is asked about. */
async function takeConsole(page: Page, picture: (what: string) => Promise<unknown>): Promise<void> {
  const headers = { authorization: `Bearer ${DEMO.secretKey}`, 'content-type': 'application/json' };
  const body = JSON.stringify(DRAFT);
  const saved = await fetch(`${values.vitrine}/api/merchandising/draft`, { method: 'PUT', headers, body });
  if (!saved.ok) throw new Error(`the draft was refused: ${await saved.text()}`);
  await page.goto(`${values.vitrine}/console/rules?rule=${encodeURIComponent(DRAFT.rules[0].name)}`);
  await page.getByLabel('Secret key of the site').fill(DEMO.secretKey);
  await page.keyboard.press('Enter');
  await page.getByLabel('Visitor').selectOption('made_up');
  await page.getByRole('group', { name: 'Segments' }).getByLabel('dress_lovers').check();
  await page.getByRole('region', { name: 'With the draft' }).getByText('Our pick').first().waitFor();
  await settle(page);
  await picture('console-rules');
  const why = page.getByRole('region', { name: 'With the draft' }).locator('.why summary');
  await why.click();
  await why.scrollIntoViewIfNeeded();
  await picture('console-explanation');
  await page.goto(`${values.vitrine}/console/catalogue?product=coat-wool-over`);
  await page.getByText('item.brand').waitFor();
  await page.getByRole('button', { name: 'Ask' }).click();
  await page.locator('.verdict').waitFor();
  await settle(page);
  await picture('console-catalogue');
  await page.goto(`${values.vitrine}/console/experiments`);
  await page.locator('.variants').waitFor();
  await settle(page);
  await picture('console-experiments');
}

/** An experiment with visitors, to whom what is popular sells more. */
async function makeExperiment(): Promise<void> {
  const headers = { authorization: `Bearer ${DEMO.secretKey}`, 'content-type': 'application/json' };
  const post = (where: string, body: object) =>
    fetch(`${values.vitrine}/api/experiments${where}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const made = await post('', {
    name: 'home-popular',
    hypothesis: 'What is popular sells more on the home page than what is personal.',
    slots: ['home-for-you'],
    expectedVisitors: 2_000,
    variants: [{ name: 'for-you' }, { name: 'popular', actions: [{ do: 'strategy', strategy: 'trending' }] }],
  });
  if (made.status === 409) return;
  if (!made.ok) throw new Error(`the experiment was refused: ${await made.text()}`);
  await post('/home-popular/start', {});
  const world = worldSchema.parse({ visitors: 2_000, effects: { trending: { click: 1.2, order: 1.6 } } });
  await runWorld(world, { url: values.vitrine, key: DEMO.writeKey, products, seed: 3, rate: 150 });
}

mkdirSync(values.out, { recursive: true });
const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
try {
  await makeExperiment();
  for (const name of Object.keys(SIZES) as (keyof typeof SIZES)[]) {
    for (const scheme of ['light', 'dark'] as const) await takePictures(browser, name, scheme);
  }
} finally {
  await browser.close();
}
