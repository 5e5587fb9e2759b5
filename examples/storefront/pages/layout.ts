import { html } from 'hono/html';
import { categories } from '../catalogue/catalogue.ts';
import { drawer } from './drawer.ts';
import type { Markup } from './markup.ts';

/** Where Vitrine answers and who asks. */
export interface VitrineAccess {
  readonly vitrineUrl: string;
  readonly writeKey: string;
}

/** A page without its frame. */
export interface Page {
  readonly title: string;
  readonly main: Markup;
  /** The department that the menu marks. */
  readonly category?: string;
  /** What stands in the search field. */
  readonly query?: string;
}

/** A whole document: head, menu, page, footer, drawer. `pieces`: how much is in the bag. */
export function layout(page: Page, { vitrineUrl, writeKey }: VitrineAccess, pieces: number): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title} · Halden</title>
<meta name="description" content="Halden: clothes, shoes and bags that are made to be kept. A demo shop.">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/style.css">
<noscript><style>.shelf:not(:has(.vitrine-slot)) { display: none; }</style></noscript>
<script src="/shop.js" defer blocking="render"></script>
<script async src="${vitrineUrl}/v/beacon.js" data-key="${writeKey}"></script>
</head>
<body data-vitrine-url="${vitrineUrl}" data-vitrine-key="${writeKey}">
<a class="skip" href="#main">Skip to the content</a>
${header(page, pieces)}
<main id="main" tabindex="-1">
${page.main}
</main>
<footer class="site-footer"><p class="footer-name">Halden</p><p>Delivery in two days, returns within thirty. <br>A demo shop. Nothing is sold here.</p></footer>
${drawer}
</body>
</html>`;
}

function header({ category, query = '' }: Page, pieces: number): Markup {
  const links = categories.map(
    ({ slug, title }) =>
      html`<li><a href="/c/${slug}"${slug === category ? html` aria-current="page"` : ''}>${title}</a></li>`,
  );
  return html`<header class="site-header">
<a class="logo" href="/">Halden</a>
<form class="search" action="/search" role="search"><label class="visually-hidden" for="q">Search the shop</label><input id="q" name="q" type="search" value="${query}" placeholder="Search" maxlength="100" required></form>
<a class="bag-link" href="/cart">Bag<span class="bag-count">${pieces}<span class="visually-hidden"> ${pieces === 1 ? 'piece' : 'pieces'}</span></span></a>
<nav class="menu" aria-label="Departments"><ul role="list">${links}</ul></nav>
</header>`;
}
