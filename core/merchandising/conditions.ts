import type { ServedItem } from '../catalog/served-item.ts';
import { type Compiled, conditionCompiler } from '../cel/condition.ts';

/** Members of what a rule's `when` is asked of, and of a product: any other name is a mistake. */
export const NAMES = {
  visitor: ['known', 'sessions', 'orders', 'cart', 'recent', 'has_user', 'days_known'],
  context: [
    'slot',
    'item',
    'page',
    'locale',
    'device',
    'country',
    'region',
    'city',
    'hour',
    'weekday',
    'campaign',
    'source',
    'medium',
  ],
  item: ['id', 'title', 'category', 'brand', 'group', 'price', 'list_price', 'currency', 'on_sale', 'attributes'],
} as const;

/** Compiles a rule's `when`: over `visitor`, `segments` (by name), `attributes` and `context`. */
export const compileWhen: (source: string) => Compiled = conditionCompiler(
  {
    visitor: 'map<string, dyn>',
    segments: 'map<string, dyn>',
    attributes: 'map<string, dyn>',
    context: 'map<string, dyn>',
  },
  ['visitor', 'segments', 'attributes', 'context'],
);

/** Compiles a condition on a product: over `item`. */
export const compileWhere: (source: string) => Compiled = conditionCompiler({ item: 'map<string, dyn>' }, ['item']);

/** What a condition on a product is asked of. */
export function itemInput(item: ServedItem): Record<string, unknown> {
  return { item: productInput(item) };
}

/** A product as conditions see it; texts that it has not are empty. */
export function productInput(item: ServedItem): Record<string, unknown> {
  const { id, title, category = '', brand = '', group = '', price, salePrice, attributes = {} } = item;
  const now = salePrice ?? price;
  return {
    ...{ id, title, category, brand, group, attributes, on_sale: salePrice !== undefined },
    ...(now && { price: now.amount, currency: now.currency }),
    ...(price && { list_price: price.amount }),
  };
}
