import type { Item } from '../catalog/item.ts';
import { firstItems, readItems } from '../catalog/read-items.ts';
import { log } from '../http/log.ts';
import { readProfile } from '../profile/read-profile.ts';
import type { ReadQuery, Strategy } from './query.ts';

/** live → last known → segment → baseline: which rung of the ladder served. */
export type Tier = 'live' | 'last_known' | 'segment' | 'baseline';

export interface RecommendedItem {
  readonly item: Item;
  readonly score: number;
  readonly reason: {
    readonly code: 'recent' | 'category' | 'catalogue';
    readonly item?: string;
    readonly text: string;
  };
}

export interface Recommendation {
  readonly slot: string;
  readonly strategy: Strategy;
  readonly tier: Tier;
  /** Why this tier, e.g. `live_profile`, `profile_deadline`. */
  readonly reason: string;
  readonly items: RecommendedItem[];
  /** ms that the profile took. */
  readonly profileMs: number;
}

/** Answers a read, always: what fails on the way lowers the tier and is named in `reason`. */
export async function recommend(env: Env, site: string, query: ReadQuery): Promise<Recommendation> {
  const startedAt = Date.now();
  const read = await readProfile(env, site, query.anonymousId);
  const base = { slot: query.slot, strategy: query.strategy, profileMs: Date.now() - startedAt };
  const profile = read.tier === 'none' ? undefined : read.profile;
  const reason = read.tier === 'live' ? 'live_profile' : read.reason;
  try {
    if (query.strategy === 'recently_viewed') {
      const items = await recentItems(env, site, query, profile?.recentItems.map(({ id }) => id) ?? []);
      return { ...base, tier: read.tier === 'none' ? 'baseline' : read.tier, reason, items };
    }
    const categories = await wantedCategories(
      env,
      site,
      query,
      profile?.affinities.category.map(({ key }) => key) ?? [],
    );
    const items = await categoryItems(env, site, query, categories);
    if (items.length > 0) return { ...base, tier: 'segment', reason, items };
    const first = await firstItems(env, site, query.limit + 1);
    return {
      ...base,
      tier: 'baseline',
      reason,
      items: first
        .filter(({ id }) => id !== query.item)
        .slice(0, query.limit)
        .map(fromCatalogue),
    };
  } catch (error) {
    log('recommend_degraded', { site, error: String(error) });
    return { ...base, tier: 'baseline', reason: 'catalogue_unavailable', items: [] };
  }
}

async function recentItems(
  env: Env,
  site: string,
  query: ReadQuery,
  seen: readonly string[],
): Promise<RecommendedItem[]> {
  const open = seen.filter((id) => id !== query.item).slice(0, query.limit * 2);
  const products = await readItems(env, site, open);
  return open
    .flatMap((id, index) => {
      const item = products.get(id);
      return item
        ? [{ item, score: 1 / (index + 1), reason: { code: 'recent' as const, text: 'You viewed this recently' } }]
        : [];
    })
    .slice(0, query.limit);
}

/** The category of the product on the page, or those the visitor likes best. */
async function wantedCategories(
  env: Env,
  site: string,
  query: ReadQuery,
  liked: readonly string[],
): Promise<readonly string[]> {
  if (query.strategy === 'trending') return [];
  if (query.item === undefined) return liked.slice(0, 2);
  const category = (await readItems(env, site, [query.item])).get(query.item)?.category;
  return category === undefined ? [] : [category];
}

async function categoryItems(
  env: Env,
  site: string,
  query: ReadQuery,
  categories: readonly string[],
): Promise<RecommendedItem[]> {
  const lists = await Promise.all(categories.map((category) => firstItems(env, site, query.limit + 1, category)));
  return lists
    .flat()
    .filter(({ id }) => id !== query.item)
    .slice(0, query.limit)
    .map((item) => ({
      item,
      score: 0,
      reason: { code: 'category', text: `From ${item.category}, which you look at most` },
    }));
}

function fromCatalogue(item: Item): RecommendedItem {
  return { item, score: 0, reason: { code: 'catalogue', text: 'From our collection' } };
}
