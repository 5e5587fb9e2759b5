import type { Item } from '../../core/catalog/item.ts';
import { byCategory } from '../../core/lists/by-category.ts';
import { catalogStub } from '../../stores/catalog/catalog-stub.ts';
import { writeLists } from '../../stores/lists/keyed-lists.ts';
import type { ShardStub } from '../../stores/objects/shards.ts';

/** Products that are looked at, the most popular. */
const POPULAR = 5_000;
/** Products that the catalogue is asked for at once. */
const AT_ONCE = 500;

/** Lists what is popular in each category of a site, by its sessions of the last days, each decayed by its age. */
export async function trendSite(env: Env, site: string, shards: readonly ShardStub[]): Promise<void> {
  const now = Date.now();
  const lists = await Promise.all(shards.map((shard) => shard.trending(now, POPULAR)));
  const popular = lists
    .flat()
    .sort((a, b) => b.score - a.score || (a.item < b.item ? -1 : 1))
    .slice(0, POPULAR);
  const products = new Map<string, Item>();
  const catalog = catalogStub(env, site);
  for (let from = 0; from < popular.length; from += AT_ONCE) {
    const { items } = await catalog.read(popular.slice(from, from + AT_ONCE).map(({ item }) => item));
    for (const item of items) products.set(item.id, item);
  }
  await writeLists(env, 'popular', site, byCategory(popular, products), now);
}
