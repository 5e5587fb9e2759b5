import { html } from 'hono/html';
import type { Money } from '../../../core/catalog/item.ts';
import type { ShownContent } from '../../../core/merchandising/content.ts';
import type { DecidedItem } from '../../../core/recommend/decided-item.ts';
import type { Strategy } from '../../../core/recommend/strategy.ts';
import type { Recommendation } from '../recommend/recommend.ts';

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
export async function renderFragment({
  slot,
  strategy,
  layout = 'row',
  heading,
  content,
  items,
}: Shown): Promise<string> {
  if (items.length === 0 && !content) return '';
  const list = items.length > 0 ? html`<ul class="vitrine-items" role="list">${items.map(card)}</ul>` : '';
  const title = heading === undefined ? '' : html`<h2 class="vitrine-heading">${heading}</h2>`;
  const rendered =
    await html`<section class="vitrine-slot vitrine-${layout}" data-slot="${slot}" aria-label="${heading ?? LABELS[strategy]}">${content ? banner(content) : ''}${title}${list}</section>`;
  return rendered.toString();
}

/** What is rendered of a recommendation. */
type Shown = Pick<Recommendation, 'slot' | 'strategy' | 'layout' | 'heading' | 'content' | 'items'>;

/** A banner: a link, where it leads anywhere. */
function banner({ name, title, text, image, url }: ShownContent) {
  const inner = html`${image === undefined ? '' : html`<img src="${safeUrl(image)}" alt="" loading="lazy" decoding="async">`}${title === undefined ? '' : html`<strong class="vitrine-content-title">${title}</strong>`}${text === undefined ? '' : html`<span class="vitrine-content-text">${text}</span>`}`;
  return url === undefined
    ? html`<div class="vitrine-content" data-content="${name}">${inner}</div>`
    : html`<a class="vitrine-content" data-content="${name}" href="${safeUrl(url)}">${inner}</a>`;
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
