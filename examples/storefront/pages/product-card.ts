import { html } from 'hono/html';
import type { Product } from '../catalogue/catalogue.ts';
import type { Markup } from './markup.ts';
import { formatPrice } from './price.ts';

/** Products as a grid of cards; the first `eager` pictures are loaded at once. */
export function productGrid(products: readonly Product[], eager = 0): Markup {
  return html`<ul class="grid" role="list">${products.map((product, index) => card(product, index < eager))}</ul>`;
}

function card({ id, title, brand, price, available }: Product, eager: boolean): Markup {
  return html`<li class="card"><a href="/p/${id}"><img src="/pictures/${id}.svg" alt="" width="600" height="750" loading="${eager ? 'eager' : 'lazy'}" decoding="async"><span class="card-brand">${brand}</span><span class="card-title">${title}</span><span class="card-price">${formatPrice(price.amount)}${available ? '' : html` <span class="card-note">Sold out</span>`}</span></a></li>`;
}
