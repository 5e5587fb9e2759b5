import { html } from 'hono/html';
import { type Category, products } from '../catalogue/catalogue.ts';
import type { Page } from './layout.ts';
import type { Markup } from './markup.ts';
import { productGrid } from './product-card.ts';
import { shelf } from './slot.ts';

/** The page of a department; `style` narrows it to one taste. */
export function categoryPage({ slug, title, line }: Category, style: string | undefined): Page {
  const all = products.filter(({ category }) => category === slug);
  const styles = [...new Set(all.map((product) => product.style))];
  const chosen = styles.find((name) => name === style);
  const shown = chosen ? all.filter((product) => product.style === chosen) : all;
  const properties = JSON.stringify({ list_id: chosen ? `${slug}/${chosen}` : slug, category: slug });
  return {
    title,
    category: slug,
    main: html`<header class="page-head" data-vitrine-view="product_list_viewed" data-vitrine-properties="${properties}"><h1>${title}</h1><p>${line}</p></header>
<nav class="chips" aria-label="Styles"><ul role="list">${chip(slug, undefined, 'All', chosen)}${styles.map((name) => chip(slug, name, name, chosen))}</ul><p class="chips-count">${shown.length} ${shown.length === 1 ? 'piece' : 'pieces'}</p></nav>
${productGrid(shown, 4)}
${shelf({ name: 'category-for-you', strategy: 'for_you', heading: 'Picked for you' })}`,
  };
}

function chip(slug: string, style: string | undefined, label: string, chosen: string | undefined): Markup {
  const current = style === chosen ? html` aria-current="true"` : '';
  return html`<li><a href="/c/${slug}${style ? `?style=${style}` : ''}"${current}>${label}</a></li>`;
}
