import { type Product, products } from './catalogue.ts';
import { COLOURS } from './colours.ts';

/** Products in whose title, maker, department, colour or style every word of the query begins a word. */
export function findProducts(query: string): Product[] {
  const wanted = words(query);
  if (wanted.length === 0) return [];
  return products.filter(({ title, brand, category, colour, style, pattern }) => {
    const known = words([title, brand, category, COLOURS[colour].name, colour, style, pattern].join(' '));
    return wanted.every((word) => known.some((other) => other.startsWith(word) || word === `${other}s`));
  });
}

function words(text: string): string[] {
  return text.toLowerCase().match(/[\p{Letter}\p{Number}]+/gu) ?? [];
}
