import { html } from 'hono/html';
import type { Markup } from './markup.ts';

/** A place on a page that Vitrine fills. */
export interface Slot {
  readonly name: string;
  readonly strategy: 'for_you' | 'similar' | 'trending' | 'recently_viewed' | 'cart' | 'bought_together';
  readonly heading: string;
  /** Products asked for. Default: 4. */
  readonly limit?: number;
  /** The product that others shall be similar to. */
  readonly item?: string;
}

/** A shelf with the shop's own heading. Grey cards hold its place until the products arrive; the script hides it if none do. */
export function shelf({ name, strategy, heading, limit = 4, item }: Slot): Markup {
  return html`<section class="shelf" aria-labelledby="shelf-${name}">
<h2 id="shelf-${name}">${heading}</h2>
<div class="slot" data-vitrine-slot="${name}" data-strategy="${strategy}" data-limit="${limit}"${item === undefined ? '' : html` data-item="${item}"`}>
<ul class="skeleton" aria-hidden="true">${Array.from({ length: limit }, () => html`<li><i></i><b></b><b></b><b></b></li>`)}</ul>
</div>
</section>`;
}
