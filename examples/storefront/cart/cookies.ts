import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { type CartLine, formatCart, parseCart } from './cart.ts';
import { formatOrder, type Order, parseOrder } from './order.ts';

const CART = 'halden_cart';
const ORDER = 'halden_order';
const CART_DAYS = 30;
const ORDER_MINUTES = 10;
const OPTIONS = { path: '/', httpOnly: true, sameSite: 'Lax' } as const;

/** The visitor's bag. */
export function readCart(c: Context): CartLine[] {
  return parseCart(getCookie(c, CART));
}

/** Keeps the bag in the visitor's browser. */
export function writeCart(c: Context, lines: readonly CartLine[]): void {
  setCookie(c, CART, formatCart(lines), { ...OPTIONS, maxAge: CART_DAYS * 86_400 });
}

/** Empties the bag and keeps the order for the page that says thanks. */
export function writeOrder(c: Context, order: Order): void {
  deleteCookie(c, CART, OPTIONS);
  setCookie(c, ORDER, formatOrder(order), { ...OPTIONS, maxAge: ORDER_MINUTES * 60 });
}

/** The order that was just placed, once: a second visit of the page must not count as a second order. */
export function takeOrder(c: Context): Order | undefined {
  const order = parseOrder(getCookie(c, ORDER));
  deleteCookie(c, ORDER, OPTIONS);
  return order;
}
