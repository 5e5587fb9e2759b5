import { z } from 'zod';
import { findProduct, type Product } from '../catalogue/catalogue.ts';

/** One line of the bag. */
export interface CartLine {
  readonly product: Product;
  readonly quantity: number;
}

const MAX_LINES = 30;
const MAX_QUANTITY = 9;
/** What a browser keeps of one cookie. */
const MAX_COOKIE_CHARACTERS = 4_096;

const lineSchema = z
  .string()
  .regex(/^[a-z0-9-]{1,64}:[1-9]$/)
  .transform((text): CartLine | undefined => {
    const [id = '', quantity] = text.split(':');
    const product = findProduct(id);
    return product && { product, quantity: Number(quantity) };
  });

/** Reads `id:quantity,id:quantity` as it came with a request. What is malformed, unknown or too much is left out; never throws. */
export function parseCart(text: string | undefined): CartLine[] {
  if (text === undefined || text.length > MAX_COOKIE_CHARACTERS) return [];
  const lines = new Map<string, CartLine>();
  for (const part of text.split(',')) {
    const line = lineSchema.safeParse(part).data;
    if (line && lines.size < MAX_LINES) lines.set(line.product.id, line);
  }
  return [...lines.values()];
}

/** The text of `parseCart`. */
export function formatCart(lines: readonly CartLine[]): string {
  return lines.map(({ product, quantity }) => `${product.id}:${quantity}`).join(',');
}

/** The bag with `change` more (or fewer) of a product; a new product comes last, a line without pieces goes. */
export function changeCart(lines: readonly CartLine[], product: Product, change: number): CartLine[] {
  const others = lines.filter((line) => line.product.id !== product.id);
  const before = lines.find((line) => line.product.id === product.id)?.quantity ?? 0;
  const quantity = Math.min(MAX_QUANTITY, before + change);
  if (quantity <= 0) return others;
  if (before > 0) return lines.map((line) => (line.product.id === product.id ? { product, quantity } : line));
  return [...others, { product, quantity }].slice(-MAX_LINES);
}

/** Euros for everything in the bag. */
export function cartTotal(lines: readonly CartLine[]): number {
  return lines.reduce((sum, { product, quantity }) => sum + product.price.amount * quantity, 0);
}

/** Pieces in the bag. */
export function cartCount(lines: readonly CartLine[]): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}
