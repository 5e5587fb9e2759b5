import { html } from 'hono/html';
import type { Product } from '../catalogue/catalogue.ts';
import type { Page } from './layout.ts';
import { productGrid } from './product-card.ts';
import { shelf } from './slot.ts';

/** What was found for a query. */
export function searchPage(query: string, found: readonly Product[]): Page {
  const heading = query === '' ? 'Search' : `“${query}”`;
  const count = found.length === 1 ? '1 piece' : `${found.length} pieces`;
  const line =
    query === '' ? 'Try a colour, a maker or a garment.' : found.length > 0 ? count : 'Nothing by that name.';
  const view =
    query === ''
      ? ''
      : html` data-vitrine-view="product_searched" data-vitrine-properties="${JSON.stringify({ query })}"`;
  return {
    title: query === '' ? 'Search' : `Search: ${query}`,
    query,
    main: html`<header class="page-head"${view}><h1>${heading}</h1><p>${line}</p></header>
${found.length > 0 ? productGrid(found, 4) : shelf({ name: 'search-for-you', strategy: 'for_you', heading: 'Perhaps one of these' })}`,
  };
}
