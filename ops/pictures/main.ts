import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { z } from 'zod';
import { CHROMIUM_FLAGS, findChromium } from '../find-chromium.ts';
import { readOptions } from '../read-options.ts';

const USAGE = `usage: npm run pictures -- [options]: takes the pictures of docs/pictures from the demo that "npm start" runs
  --shop URL  the demo shop (default http://localhost:8788)
  --out DIR   where the pictures go (default docs/pictures)
  --png       PNG instead of JPEG`;

const values = readOptions(
  z.object({
    shop: z.url().default('http://localhost:8788'),
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
  await context.close();
}

mkdirSync(values.out, { recursive: true });
const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
try {
  for (const name of Object.keys(SIZES) as (keyof typeof SIZES)[]) {
    for (const scheme of ['light', 'dark'] as const) await takePictures(browser, name, scheme);
  }
} finally {
  await browser.close();
}
