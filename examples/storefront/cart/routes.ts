import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import { findProduct } from '../catalogue/catalogue.ts';
import { changeCart } from './cart.ts';
import { readCart, writeCart, writeOrder } from './cookies.ts';

const formSchema = z.object({
  product_id: z.string().max(64),
  quantity: z.coerce.number().int().min(1).max(9).default(1),
});

/** The forms of the bag. Each answers with a redirect, so that going back never sends it twice. */
export const cartRoutes = new Hono()
  .post('/cart/add', async (c) => {
    const form = formSchema.safeParse(await c.req.parseBody());
    const product = form.data && findProduct(form.data.product_id);
    if (!form.success || !product?.available) return c.text('There is no such product to add.', 400);
    writeCart(c, changeCart(readCart(c), product, form.data.quantity));
    return c.redirect('/cart', 303);
  })
  .post('/cart/remove', async (c) => {
    const form = formSchema.safeParse(await c.req.parseBody());
    const product = form.data && findProduct(form.data.product_id);
    if (!form.success || !product) return c.text('There is no such product to remove.', 400);
    writeCart(c, changeCart(readCart(c), product, -form.data.quantity));
    return c.redirect('/cart', 303);
  })
  .post('/checkout', (c) => {
    const lines = readCart(c);
    if (lines.length === 0) return c.redirect('/cart', 303);
    writeOrder(c, { id: `H-${randomUUID().slice(0, 8)}`, lines });
    return c.redirect('/checkout/thanks', 303);
  });
