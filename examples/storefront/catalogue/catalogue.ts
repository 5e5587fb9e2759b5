import { accessories } from './accessories.ts';
import { bags } from './bags.ts';
import { coats } from './coats.ts';
import { dresses } from './dresses.ts';
import { knitwear } from './knitwear.ts';
import { CATEGORY_SLUGS, type CategorySlug, type Product, type ProductEntry } from './product.ts';
import { shirts } from './shirts.ts';
import { shoes } from './shoes.ts';
import { trousers } from './trousers.ts';

export type { CategorySlug, Product } from './product.ts';

/** A department of the shop. */
export interface Category {
  readonly slug: CategorySlug;
  readonly title: string;
  /** One line below its heading. */
  readonly line: string;
}

/** A product as `POST /api/catalog` takes it. */
export interface CatalogueItem {
  readonly id: string;
  readonly title: string;
  readonly url: string;
  readonly image: string;
  readonly price: { readonly amount: number; readonly currency: 'EUR' };
  readonly category: CategorySlug;
  readonly brand: string;
  readonly available: boolean;
}

const CATEGORY_TEXTS: Record<CategorySlug, readonly [title: string, line: string]> = {
  dresses: ['Dresses', 'From the first warm day to the long table in December.'],
  knitwear: ['Knitwear', 'Merino, cashmere and lambswool, knitted to be kept.'],
  shirts: ['Shirts & tops', 'Poplin, flannel and heavy cotton for every day of the week.'],
  trousers: ['Trousers', 'Pressed, pleated or drawn with a string.'],
  coats: ['Coats & jackets', 'Good weather is a question of the right layer.'],
  shoes: ['Shoes', 'Leather and canvas that can be walked in, and repaired.'],
  bags: ['Bags', 'For a phone, a laptop, or a weekend.'],
  accessories: ['Accessories', 'The last thing on, the first thing noticed.'],
};

const ENTRIES: Record<CategorySlug, readonly ProductEntry[]> = {
  dresses,
  knitwear,
  shirts,
  trousers,
  coats,
  shoes,
  bags,
  accessories,
};

/** The departments, in the order of the menu. */
export const categories: readonly Category[] = CATEGORY_SLUGS.map((slug) => {
  const [title, line] = CATEGORY_TEXTS[slug];
  return { slug, title, line };
});

const departments: readonly Product[][] = CATEGORY_SLUGS.map((category) =>
  ENTRIES[category].map(({ price, pattern = 'plain', available = true, ...entry }) => ({
    ...entry,
    category,
    price: { amount: price, currency: 'EUR' as const },
    pattern,
    available,
  })),
);

/** Every product, one of each department in turn: the first few of them show the whole shop. */
export const products: readonly Product[] = Array.from(
  { length: Math.max(...departments.map((department) => department.length)) },
  (_, turn) => departments.flatMap((department) => department[turn] ?? []),
).flat();

const byId: ReadonlyMap<string, Product> = new Map(products.map((product) => [product.id, product]));

/** The product of an id, if there is one. */
export function findProduct(id: string): Product | undefined {
  return byId.get(id);
}

/** A product as Vitrine's catalogue takes it, with absolute addresses. `shopUrl`: the shop's origin. */
export function toCatalogueItem(
  { id, title, price, category, brand, available }: Product,
  shopUrl: string,
): CatalogueItem {
  return {
    id,
    title,
    url: new URL(`/p/${id}`, shopUrl).href,
    image: new URL(`/pictures/${id}.svg`, shopUrl).href,
    price,
    category,
    brand,
    available,
  };
}
