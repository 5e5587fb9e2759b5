import { html } from 'hono/html';
import type { Page } from './layout.ts';
import { shelf } from './slot.ts';

/** For addresses that lead nowhere. */
export const notFoundPage: Page = {
  title: 'Not found',
  main: html`<header class="page-head"><h1>Not on our shelves</h1><p>This page is gone, or never was.</p></header>
<p><a class="button" href="/">Back to the shop</a></p>
${shelf({ name: 'not-found-trending', strategy: 'trending', heading: 'What others like now' })}`,
};
