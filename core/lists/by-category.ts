import type { Item } from '../catalog/item.ts';
import type { KeyedLists, Listed } from './keyed-lists.ts';

/** Products of a category that are kept. */
const PER_CATEGORY = 24;

/**
 * What is popular, by category: those that may be shown, in the order that is given, of a group's variants the first.
 *
 * @param popular best first.
 */
export function byCategory(
  popular: readonly { readonly item: string; readonly score: number }[],
  products: ReadonlyMap<string, Item>,
): KeyedLists {
  const lists = new Map<string, Listed[]>();
  const groups = new Set<string>();
  for (const { item, score } of popular) {
    const { category, group, available } = products.get(item) ?? {};
    if (category === undefined || !available || (group !== undefined && groups.has(group))) continue;
    if (group !== undefined) groups.add(group);
    const list = lists.get(category);
    if (!list) lists.set(category, [{ item, score }]);
    else if (list.length < PER_CATEGORY) list.push({ item, score });
  }
  return lists;
}
