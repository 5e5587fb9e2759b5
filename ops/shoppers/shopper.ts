import type { ShopProduct } from './product.ts';
import { weightedChoice } from './weighted-choice.ts';

/** A simulated visitor and what he likes. */
export interface Shopper {
  readonly anonymousId: string;
  /** How much each style draws him, 0 … 1. */
  readonly styles: ReadonlyMap<string, number>;
  /** The categories he shops for. */
  readonly categories: readonly string[];
  /** What he likes to spend on one thing. */
  readonly budget: number;
}

/** Categories a shopper is interested in. */
const INTERESTS = 3;
/** How much the loved style, the liked one and each other draws. */
const STYLE_DRAWS = [1, 0.35, 0.05] as const;

/** Makes a shopper with a taste of his own. `random` gives numbers in [0, 1). */
export function makeShopper(anonymousId: string, products: readonly ShopProduct[], random: () => number): Shopper {
  const styles = shuffled([...new Set(products.map(({ style }) => style))].sort(), random);
  const categories = shuffled([...new Set(products.map(({ category }) => category))].sort(), random);
  const prices = products.map(({ price }) => price.amount).sort((a, b) => a - b);
  return {
    anonymousId,
    styles: new Map(styles.map((style, rank) => [style, STYLE_DRAWS[Math.min(rank, 2)] ?? 0])),
    categories: categories.slice(0, INTERESTS),
    budget: prices[Math.floor(prices.length * (0.2 + 0.7 * random()))] ?? 0,
  };
}

/** The product that the shopper looks at next, after `last`. Popular products come up more often, whatever the taste. */
export function nextProduct(
  shopper: Shopper,
  products: readonly ShopProduct[],
  last: ShopProduct | undefined,
  random: () => number,
): ShopProduct {
  const open = products.filter(({ id, available }) => available && id !== last?.id);
  return weightedChoice(open, (product) => appeal(shopper, product, last) * popularity(product), random());
}

/** How much a product suits a shopper, after `last`; 1 wholly. */
export function appeal(shopper: Shopper, product: ShopProduct, last: ShopProduct | undefined): number {
  const taste = shopper.styles.get(product.style) ?? 0;
  const wanted = shopper.categories.includes(product.category) ? 1 : 0.1;
  const affordable = product.price.amount <= shopper.budget ? 1 : 0.4;
  const related = last === undefined ? 1 : product.category === last.category ? 3 : 1;
  return taste * wanted * affordable * related;
}

/** 1 … 3, the same for a product always, so that some of them are everybody's favourites. */
function popularity({ id }: ShopProduct): number {
  const sum = [...id].reduce((hash, character) => (hash * 31 + (character.codePointAt(0) ?? 0)) % 997, 7);
  return 1 + (2 * sum) / 997;
}

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  return values
    .map((value) => ({ value, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ value }) => value);
}
