import { html } from 'hono/html';
import { type CartLine, cartTotal } from '../cart/cart.ts';
import type { Product } from '../catalogue/catalogue.ts';
import { cartProperties, productProperties } from './event-properties.ts';
import type { Page } from './layout.ts';
import type { Markup } from './markup.ts';
import { formatPrice } from './price.ts';
import { shelf } from './slot.ts';

/** The bag, with what goes with all that is in it. */
export function cartPage(lines: readonly CartLine[]): Page {
  if (lines.length === 0) {
    return {
      title: 'Your bag',
      main: html`<header class="page-head"><h1>Your bag</h1><p>Nothing in it yet.</p></header><p><a class="button" href="/">Look around</a></p>
${shelf({ name: 'cart-for-you', strategy: 'for_you', heading: 'Picked for you' })}`,
    };
  }
  return {
    title: 'Your bag',
    main: html`<header class="page-head" data-vitrine-view="cart_viewed" data-vitrine-properties="${cartProperties(lines)}"><h1>Your bag</h1></header>
<div class="cart"><ul class="cart-lines" role="list">${lines.map(cartLine)}</ul>
<section class="summary" aria-labelledby="summary"><h2 id="summary">Summary</h2>${totals(lines)}<a class="button" href="/checkout">Go to checkout</a></section></div>
${shelf({ name: 'cart-goes-with', strategy: 'cart', heading: 'Goes with your bag' })}`,
  };
}

/** What the bag costs. */
export function totals(lines: readonly CartLine[]): Markup {
  const total = formatPrice(cartTotal(lines));
  return html`<dl class="totals"><div><dt>Pieces</dt><dd>${total}</dd></div><div><dt>Delivery</dt><dd>Free</dd></div><div class="totals-sum"><dt>Total</dt><dd>${total}</dd></div></dl>`;
}

function cartLine({ product, quantity }: CartLine): Markup {
  const { id, title, brand, price } = product;
  return html`<li class="cart-line"><a href="/p/${id}" tabindex="-1" aria-hidden="true"><img src="/pictures/${id}.svg" alt="" width="600" height="750"></a>
<div class="cart-line-text"><p class="card-brand">${brand}</p><p><a class="cart-line-title" href="/p/${id}">${title}</a></p><p class="muted">${formatPrice(price.amount)} each</p>
<div class="stepper">${step('/cart/remove', product, 1, '−', `One ${title} fewer`)}<span class="stepper-count"><span class="visually-hidden">Quantity: </span>${quantity}</span>${step('/cart/add', product, 1, '+', `One more ${title}`)}${step('/cart/remove', product, quantity, 'Remove', `Remove ${title}`)}</div></div>
<p class="cart-line-sum">${formatPrice(price.amount * quantity)}</p></li>`;
}

function step(action: string, product: Product, quantity: number, text: string, label: string): Markup {
  const type = action === '/cart/add' ? 'product_added' : 'product_removed';
  return html`<form method="post" action="${action}"><input type="hidden" name="product_id" value="${product.id}"><input type="hidden" name="quantity" value="${quantity}"><button aria-label="${label}" data-vitrine-click="${type}" data-vitrine-properties="${productProperties(product, quantity)}">${text}</button></form>`;
}
