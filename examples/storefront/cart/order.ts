import { z } from 'zod';
import { type CartLine, formatCart, parseCart } from './cart.ts';

/** An order that was just placed. */
export interface Order {
  readonly id: string;
  readonly lines: readonly CartLine[];
}

const orderSchema = z.string().regex(/^H-[0-9a-f]{8}$/);

/** Reads `<order id>|<cart>`; nothing if it is malformed or empty. */
export function parseOrder(text: string | undefined): Order | undefined {
  const [id, cart] = text?.split('|') ?? [];
  const parsed = orderSchema.safeParse(id);
  const lines = parseCart(cart);
  return parsed.success && lines.length > 0 ? { id: parsed.data, lines } : undefined;
}

/** The text of `parseOrder`. */
export function formatOrder({ id, lines }: Order): string {
  return `${id}|${formatCart(lines)}`;
}
