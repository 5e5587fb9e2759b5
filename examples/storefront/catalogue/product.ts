import type { Colour } from './colours.ts';

/** The shop's departments, in the order of its menu. */
export const CATEGORY_SLUGS = [
  'dresses',
  'knitwear',
  'shirts',
  'trousers',
  'coats',
  'shoes',
  'bags',
  'accessories',
] as const;
export type CategorySlug = (typeof CATEGORY_SLUGS)[number];

/** A taste that runs through the whole range. */
export type Style = 'classic' | 'street' | 'boho' | 'minimal' | 'sporty';

/** What a fabric shows up close. */
export type Pattern = 'plain' | 'stripe' | 'check' | 'dot' | 'rib' | 'cable' | 'floral' | 'denim' | 'quilt' | 'channel';

/** The silhouettes that can be drawn. */
export type Shape =
  | 'dress-wrap'
  | 'dress-slip'
  | 'dress-shirt'
  | 'dress-tiered'
  | 'dress-column'
  | 'knit-crew'
  | 'knit-turtle'
  | 'knit-cardigan'
  | 'knit-vest'
  | 'shirt-button'
  | 'shirt-tee'
  | 'shirt-camp'
  | 'shirt-blouse'
  | 'shirt-hoodie'
  | 'trousers-straight'
  | 'trousers-wide'
  | 'trousers-tapered'
  | 'trousers-jogger'
  | 'trousers-shorts'
  | 'coat-over'
  | 'coat-trench'
  | 'coat-puffer'
  | 'coat-bomber'
  | 'shoe-sneaker'
  | 'shoe-loafer'
  | 'shoe-boot'
  | 'shoe-sandal'
  | 'shoe-pump'
  | 'bag-tote'
  | 'bag-flap'
  | 'bag-bucket'
  | 'bag-backpack'
  | 'scarf'
  | 'beanie'
  | 'cap'
  | 'belt'
  | 'sunglasses'
  | 'watch'
  | 'earrings';

/** What a product is called and made of, before it is put into its category. */
export interface ProductEntry {
  /** Small letters, digits and "-". */
  readonly id: string;
  readonly title: string;
  readonly brand: string;
  /** Euros. */
  readonly price: number;
  readonly colour: Colour;
  readonly style: Style;
  readonly shape: Shape;
  readonly pattern?: Pattern;
  readonly description: string;
  /** Default: true. */
  readonly available?: boolean;
}

/** A product as the shop's pages use it. */
export interface Product extends Omit<ProductEntry, 'price' | 'pattern' | 'available'> {
  readonly category: CategorySlug;
  readonly price: { readonly amount: number; readonly currency: 'EUR' };
  readonly pattern: Pattern;
  readonly available: boolean;
}
