import { html } from 'hono/html';
import { categories, type Product } from '../catalogue/catalogue.ts';
import { COLOURS } from '../catalogue/colours.ts';
import { productProperties } from './event-properties.ts';
import type { Page } from './layout.ts';
import type { Markup } from './markup.ts';
import { formatPrice } from './price.ts';
import { shelf } from './slot.ts';

/** The page of a product. */
export function productPage(product: Product): Page {
  const { id, title, brand, category, price, colour, style, description } = product;
  const department = categories.find(({ slug }) => slug === category)?.title ?? category;
  const dye = COLOURS[colour];
  return {
    title,
    category,
    main: html`<nav class="crumbs" aria-label="Breadcrumb"><ol role="list"><li><a href="/">Halden</a></li><li><a href="/c/${category}">${department}</a></li><li aria-current="page">${title}</li></ol></nav>
<article class="product" data-vitrine-view="product_viewed" data-vitrine-properties="${productProperties(product)}">
<img class="product-picture" src="/pictures/${id}.svg" alt="${title} in ${dye.name.toLowerCase()}, seen from the front" width="600" height="750" fetchpriority="high">
<div class="product-text">
<p class="eyebrow">${brand}</p>
<h1>${title}</h1>
<p class="product-price">${formatPrice(price.amount)}</p>
<p class="product-description">${description}</p>
<dl class="facts"><div><dt>Colour</dt><dd><span class="dye" style="background:${dye.hex}" aria-hidden="true"></span>${dye.name}</dd></div><div><dt>Style</dt><dd class="capitalised">${style}</dd></div></dl>
${buy(product)}
<details><summary>Delivery and returns</summary><p>Two working days, free from €100. Send back what you don't keep within thirty days.</p></details>
<details><summary>Care and repair</summary><p>Air it more than you wash it. If a seam gives way, we sew it, for as long as you own it.</p></details>
</div>
</article>
${shelf({ name: 'product-similar', strategy: 'similar', heading: 'Goes the same way', item: id })}
${shelf({ name: 'product-together', strategy: 'bought_together', heading: 'Bought with it', item: id })}
${shelf({ name: 'product-recent', strategy: 'recently_viewed', heading: 'You looked at' })}`,
  };
}

function buy(product: Product): Markup {
  if (!product.available) return html`<p class="sold-out">Sold out for now</p>`;
  return html`<form class="buy" method="post" action="/cart/add"><input type="hidden" name="product_id" value="${product.id}"><button class="button" data-vitrine-click="product_added" data-vitrine-properties="${productProperties(product, 1)}">Add to bag</button></form>`;
}
