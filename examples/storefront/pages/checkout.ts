import { html } from 'hono/html';
import type { CartLine } from '../cart/cart.ts';
import { totals } from './cart.ts';
import { cartProperties } from './event-properties.ts';
import type { Page } from './layout.ts';
import type { Markup } from './markup.ts';

/** The last step before an order. */
export function checkoutPage(lines: readonly CartLine[]): Page {
  return {
    title: 'Checkout',
    main: html`<header class="page-head" data-vitrine-view="checkout_started" data-vitrine-properties="${cartProperties(lines)}"><h1>Checkout</h1><p>This is a demo: there is nothing to pay, and no address to give.</p></header>
<div class="cart"><ul class="cart-lines" role="list">${lines.map(line)}</ul>
<section class="summary" aria-labelledby="summary"><h2 id="summary">Your order</h2>${totals(lines)}<form method="post" action="/checkout"><button class="button">Place the order</button></form><p><a class="text-link" href="/cart">Back to the bag</a></p></section></div>`,
  };
}

function line({ product, quantity }: CartLine): Markup {
  return html`<li class="cart-line"><img src="/pictures/${product.id}.svg" alt="" width="600" height="750"><div class="cart-line-text"><p class="card-brand">${product.brand}</p><p class="cart-line-title">${product.title}</p></div><p class="cart-line-sum">× ${quantity}</p></li>`;
}
