import { html } from 'hono/html';
import type { Order } from '../cart/order.ts';
import { cartProperties } from './event-properties.ts';
import type { Page } from './layout.ts';
import { shelf } from './slot.ts';

/** After an order; without one (a reload, an old link) it only says thanks. */
export function thanksPage(order: Order | undefined): Page {
  const view = order
    ? html` data-vitrine-view="order_completed" data-vitrine-properties="${cartProperties(order.lines, order.id)}"`
    : '';
  const line = order
    ? html`Your order <strong>${order.id}</strong> is with us, as far as a demo goes. Nothing will be sent, and nothing was paid.`
    : 'Your order is with us, as far as a demo goes.';
  return {
    title: 'Thank you',
    main: html`<header class="page-head"${view}><h1>Thank you</h1><p>${line}</p></header>
<p><a class="button" href="/">Keep looking</a></p>
${shelf({ name: 'thanks-for-you', strategy: 'for_you', heading: 'For next time' })}`,
  };
}
