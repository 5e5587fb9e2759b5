import type { Item } from '../../../core/catalog/item.ts';
import { type ServedItem, servedItem } from '../../../core/catalog/served-item.ts';
import type { Sources } from '../../../core/decide/candidates.ts';
import { heldItems } from '../../../stores/catalog/item-cache.ts';
import { firstItems, heldFirst, newItemIds, readItems, relatedItems } from '../../../stores/catalog/read-items.ts';
import { readList } from '../../../stores/lists/keyed-lists.ts';
import { log } from '../../../stores/log.ts';
import type { Model } from '../../../stores/model/load-model.ts';
import type { WaitBudget } from '../../../stores/wait-budget.ts';
import type { ReadQuery } from '../visitor/read-query.ts';

/** What one read waits in all for what it asks several times. */
export interface Patience {
  readonly catalogue: WaitBudget;
  /** The bucket of models and lists. */
  readonly models: WaitBudget;
}

/** Where candidates and products come from: the model, the catalogue. */
export function sourcesOf(
  env: Env,
  site: string,
  model: Model | null,
  { locale, slot }: Pick<ReadQuery, 'locale' | 'slot'>,
  { catalogue, models }: Patience,
  now: number,
): Sources {
  return {
    ...heldSources(site, model, locale, now),
    near: async (items, limit, hidden, ranker) =>
      model ? model.near(env, items, limit, hidden, ranker, models, slot) : [],
    together: async (item, limit) =>
      (await readList(env, 'together', site, item, models))
        .slice(0, limit)
        .map(({ item: partner, score }) => ({ item: partner, score, because: item })),
    related: (item, limit) => relatedItems(env, site, item, limit, catalogue),
    popularIn: (category) => readList(env, 'popular', site, category, models),
    products: async (ids) => byId((await readItems(env, site, ids, catalogue)).values(), locale, now),
    fresh: () => newItemIds(env, site),
    first: async (limit) => served(await firstItems(env, site, limit, catalogue), locale, now),
  };
}

/** What this isolate knows, without a word to anybody. */
export function heldSources(site: string, model: Model | null, locale: string | undefined, now: number): Sources {
  return {
    hasModel: model !== null,
    near: async () => [],
    together: async () => [],
    related: async () => [],
    popular: (limit, hidden) => (model ? model.trending(limit, hidden) : []),
    popularIn: async () => [],
    products: async (ids) => byId(heldItems(site, ids), locale, now),
    fresh: () => [],
    first: async (limit) => served(heldFirst(site, limit), locale, now),
    failed: (rung, error) => log('recommend_degraded', { site, rung, error: String(error) }),
  };
}

/** Products as they are told to a visitor now; none that he may not have. */
function served(items: Iterable<Item>, locale: string | undefined, now: number): ServedItem[] {
  return [...items].flatMap((item) => servedItem(item, locale, now) ?? []);
}

/** The same by id. */
function byId(items: Iterable<Item>, locale: string | undefined, now: number): Map<string, ServedItem> {
  const products = new Map<string, ServedItem>();
  for (const item of items) {
    const product = servedItem(item, locale, now);
    if (product) products.set(product.id, product);
  }
  return products;
}
