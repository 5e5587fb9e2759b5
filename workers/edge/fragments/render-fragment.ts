import { html } from 'hono/html';
import type { Money } from '../../../core/catalog/item.ts';
import type { DecidedItem } from '../../../core/recommend/decide.ts';
import type { Strategy } from '../../../core/recommend/strategy.ts';

/** Headings of the strategies, for those who hear the page. */
const LABELS = {
  for_you: 'Recommended for you',
  similar: 'Similar products',
  trending: 'Popular right now',
  recently_viewed: 'Recently viewed',
  cart: 'Goes with your cart',
} as const satisfies Record<Strategy, string>;

/**
 * Products as a list of links. Everything from the catalogue is escaped; pictures carry their size, so that nothing moves when
 * they arrive. Empty when there is nothing to show.
 */
export async function renderFragment(slot: string, strategy: Strategy, items: readonly DecidedItem[]): Promise<string> {
  if (items.length === 0) return '';
  const rendered =
    await html`<section class="vitrine-slot" data-slot="${slot}" aria-label="${LABELS[strategy]}"><ul class="vitrine-items" role="list">${items.map(card)}</ul></section>`;
  return rendered.toString();
}

function card({ item, reason }: DecidedItem) {
  return html`<li class="vitrine-item" data-product-id="${item.id}"><a href="${safeUrl(item.url)}">${picture(item.image)}<span class="vitrine-title">${item.title}</span>${price(item)}<span class="vitrine-reason">${reason.text}</span></a></li>`;
}

function picture(image: string | undefined) {
  return image === undefined
    ? ''
    : html`<img src="${safeUrl(image)}" alt="" width="300" height="375" loading="lazy" decoding="async">`;
}

/** The price; with a sale the lower one, and the old one as what it was. */
function price({ price: whole, salePrice }: DecidedItem['item']) {
  if (!whole && !salePrice) return '';
  if (!salePrice || !whole) return html`<span class="vitrine-price">${written(salePrice ?? whole)}</span>`;
  return html`<span class="vitrine-price"><ins>${written(salePrice)}</ins> <del>${written(whole)}</del></span>`;
}

function written(money: Money | undefined): string {
  if (!money) return '';
  return new Intl.NumberFormat('en', { style: 'currency', currency: money.currency }).format(money.amount);
}

/** Only addresses that a browser opens as a page or picture; `javascript:` and its kin become a link to nowhere. */
function safeUrl(url: string): string {
  const parsed = URL.parse(url, 'https://relative.invalid/');
  return parsed?.protocol === 'https:' || parsed?.protocol === 'http:' ? url : '#';
}
