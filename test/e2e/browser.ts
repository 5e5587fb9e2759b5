import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { CHROMIUM_FLAGS, findChromium } from '../../ops/find-chromium.ts';

const executablePath = findChromium();
if (!executablePath && process.env.CI) throw new Error('No Chromium here: set CHROMIUM_PATH, or put one on the PATH.');
/** Whether there is a browser to test with. */
export const hasBrowser = executablePath !== undefined;
if (!hasBrowser)
  console.warn('No Chromium here: set CHROMIUM_PATH, or put one on the PATH. Nothing was tested in a browser.');

/** A real Chromium, headless; `without`: flags of the driver's own that a test cannot have. */
export function launchBrowser(without: string[] = []): Promise<Browser> {
  const options = { executablePath: executablePath ?? '', args: CHROMIUM_FLAGS };
  return chromium.launch({ ...options, ...(without.length > 0 && { ignoreDefaultArgs: without }) });
}

/** A browser whose profile stands in a folder, so that it can be closed and opened again. */
export function launchWithProfile(folder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, { executablePath: executablePath ?? '', args: CHROMIUM_FLAGS });
}

/** How long a browser is waited for. */
export const PATIENCE = { timeout: 20_000, interval: 100 };

/** What goes wrong in a page from now on: errors of its scripts, and what its console says; `unless`: what is to be expected. */
export function faultsOf(page: Page, unless: (text: string) => boolean = () => false): string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !unless(message.text())) faults.push(message.text());
  });
  return faults;
}

interface AxeResults {
  readonly violations: {
    readonly id: string;
    readonly nodes: { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/** What axe finds wrong with a page, in a line each. Its script comes through the debugger, since the page's policy lets none in. */
export async function axeViolations(page: Page): Promise<string[]> {
  const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(source);
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${html} ${failureSummary}`),
  );
}
