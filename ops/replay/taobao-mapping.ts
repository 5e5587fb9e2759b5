import { columnMappingSchema } from './column-mapping.ts';

/**
 * Alibaba's UserBehavior log: no header; user, item, category, behaviour, time in seconds. The log is old, so its times are
 * moved to end now.
 */
export const taobaoMapping = columnMappingSchema.parse({
  columns: ['user', 'item', 'category', 'behaviour', 'time'],
  id: 'taobao-{line}',
  anonymousId: 'tb-{user}',
  type: {
    column: 'behaviour',
    values: { pv: 'product_viewed', cart: 'product_added', fav: 'product_favorited', buy: 'order_completed' },
  },
  time: { column: 'time', unit: 's' },
  properties: { product_id: '{item}', category: '{category}' },
  propertiesByType: {
    order_completed: { order_id: '{id}', products: [{ product_id: '{item}', category: '{category}' }] },
  },
  rebase: 'now',
});

/** Whether a file that begins with this line is such a log. */
export function looksLikeTaobao(firstLine: string): boolean {
  return /^\d+,\d+,\d+,(pv|cart|fav|buy),\d{9,10}$/.test(firstLine);
}
