import type { Item } from './item.ts';

/** The members of a product, and those that a row says it by: parts of a price or of whether it can be had. */
export type Field = keyof Item | 'currency' | 'sale_dates' | 'stock';

/** Names of a field: our own, and those of the product data specification of Google Merchant Center (support.google.com/merchants/answer/7052112). */
const NAMES: Readonly<Record<Field, readonly string[]>> = {
  id: ['id'],
  title: ['title', 'name'],
  url: ['url', 'link'],
  image: ['image', 'image_link', 'image_url'],
  price: ['price'],
  currency: ['currency'],
  sale: ['sale', 'sale_price'],
  sale_dates: ['sale_price_effective_date'],
  category: ['category', 'product_type'],
  brand: ['brand'],
  group: ['group', 'item_group_id'],
  description: ['description'],
  available: ['available'],
  availability: ['availability'],
  stock: ['stock', 'quantity', 'inventory'],
  attributes: ['attributes'],
  locales: ['locales'],
};

/** Columns of feeds that are attributes of the product, as they are. */
const ATTRIBUTES: ReadonlySet<string> = new Set(
  [
    'age_group adult color condition gender google_product_category gtin is_bundle material mpn multipack pattern',
    'size size_system size_type custom_label_0 custom_label_1 custom_label_2 custom_label_3 custom_label_4',
  ].flatMap((names) => names.split(' ')),
);

const FIELDS: ReadonlyMap<string, Field> = new Map(
  Object.entries(NAMES).flatMap(([field, names]) => names.map((name) => [name, field as Field])),
);

/** What a column or member of that name says: a field, an attribute, or nothing that we know. Case, spaces and the prefix `g:` say nothing. */
export function fieldOf(name: string): Field | { readonly attribute: string } | undefined {
  const plain = name
    .trim()
    .replace(/^g:/i, '')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
  return FIELDS.get(plain) ?? (ATTRIBUTES.has(plain) ? { attribute: plain } : undefined);
}
