import { html, raw } from 'hono/html';
import type { Strategy } from '../../../core/decisions/strategy.ts';
import type { DecidedItem } from '../../../core/recommend/decided-item.ts';
import { safeUrl } from '../../../core/templates/safe-url.ts';
import type { ShownContent } from '../../../core/templates/shown-content.ts';
import { templateValues } from '../../../core/templates/values.ts';
import { writtenPrice } from '../../../core/templates/written-price.ts';
import { log } from '../../../stores/log.ts';
import type { Recommendation } from '../recommend/recommend.ts';

/** Headings of the strategies, for those who hear the page. */
const LABELS = {
  for_you: 'Recommended for you',
  similar: 'Similar products',
  trending: 'Popular right now',
  recently_viewed: 'Recently viewed',
  cart: 'Goes with your cart',
  bought_together: 'Often bought together',
} as const satisfies Record<Strategy, string>;

/**
 * What a slot shows as HTML: by its own template, or as a list of links. Everything from the catalogue is escaped; pictures carry their size, so
 * that nothing moves when they arrive. Empty when there is nothing to show.
 *
 * @param decision the token of what was decided, for the beacon.
 */
export async function renderFragment(shown: Shown, decision?: string): Promise<string> {
  const { slot, strategy, layout = 'row', heading, content, items } = shown;
  if (items.length === 0 && !content) return '';
  const label = heading ?? LABELS[strategy];
  const inner = byTemplate(shown) ?? (await byLayout(shown));
  const token = decision === undefined ? '' : html` data-decision="${decision}"`;
  const rendered =
    await html`<section class="vitrine-slot vitrine-${layout}" data-slot="${slot}"${token} aria-label="${label}">${raw(inner)}</section>`;
  return rendered.toString();
}

/** What is rendered of a recommendation. */
type Shown = Pick<
  Recommendation,
  'slot' | 'strategy' | 'layout' | 'heading' | 'content' | 'items' | 'template' | 'locale'
>;

/** By the slot's template, if it has one and that can be filled. */
function byTemplate(shown: Shown): string | undefined {
  try {
    return shown.template?.render(templateValues(shown));
  } catch (error) {
    log('template_failed', { slot: shown.slot, error: String(error).split('\n')[0] });
    return undefined;
  }
}

async function byLayout({ heading, content, items, locale }: Shown): Promise<string> {
  const list =
    items.length > 0 ? html`<ul class="vitrine-items" role="list">${items.map((item) => card(item, locale))}</ul>` : '';
  const title = heading === undefined ? '' : html`<h2 class="vitrine-heading">${heading}</h2>`;
  return (await html`${content ? banner(content) : ''}${title}${list}`).toString();
}

/** A banner: a link, where it leads anywhere. */
function banner({ name, title, text, image, url }: ShownContent) {
  const inner = html`${image === undefined ? '' : html`<img src="${safeUrl(image)}" alt="" loading="lazy" decoding="async">`}${title === undefined ? '' : html`<strong class="vitrine-content-title">${title}</strong>`}${text === undefined ? '' : html`<span class="vitrine-content-text">${text}</span>`}`;
  return url === undefined
    ? html`<div class="vitrine-content" data-content="${name}">${inner}</div>`
    : html`<a class="vitrine-content" data-content="${name}" href="${safeUrl(url)}">${inner}</a>`;
}

function card({ item, reason }: DecidedItem, locale: string | undefined) {
  return html`<li class="vitrine-item" data-product-id="${item.id}"><a href="${safeUrl(item.url)}">${picture(item.image)}<span class="vitrine-title">${item.title}</span>${price(item, locale)}<span class="vitrine-reason">${reason.text}</span></a></li>`;
}

function picture(image: string | undefined) {
  return image === undefined
    ? ''
    : html`<img src="${safeUrl(image)}" alt="" width="300" height="375" loading="lazy" decoding="async">`;
}

/** The price; with a sale the lower one, and the old one as what it was. */
function price({ price: whole, salePrice }: DecidedItem['item'], locale: string | undefined) {
  const now = salePrice ?? whole;
  if (!now) return '';
  if (!salePrice || !whole) return html`<span class="vitrine-price">${writtenPrice(now, locale)}</span>`;
  return html`<span class="vitrine-price"><ins>${writtenPrice(salePrice, locale)}</ins> <del>${writtenPrice(whole, locale)}</del></span>`;
}
