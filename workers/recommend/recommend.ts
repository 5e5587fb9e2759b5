import type { Ledger } from '../../core/identity/ledger.ts';
import type { Item } from '../catalog/item.ts';
import { firstItems, readItems } from '../catalog/read-items.ts';
import { log } from '../http/log.ts';
import { loadModel, type Model } from '../model/load-model.ts';
import { readProfile } from '../profile/read-profile.ts';
import type { ReadQuery, Strategy } from './query.ts';

/** live → last known → segment → baseline: which rung of the ladder served. */
export type Tier = 'live' | 'last_known' | 'segment' | 'baseline';

export interface RecommendedItem {
  readonly item: Item;
  readonly score: number;
  readonly reason: {
    readonly code: 'viewed' | 'similar' | 'trending' | 'recent' | 'catalogue';
    readonly item?: string;
    readonly text: string;
  };
}

export interface Recommendation {
  readonly slot: string;
  readonly strategy: Strategy;
  readonly tier: Tier;
  /** Why this tier, e.g. `live_profile`, `profile_deadline`, `no_model`. */
  readonly reason: string;
  readonly items: RecommendedItem[];
  /** ms that the profile took. */
  readonly profileMs: number;
  /** Where the visitor's person was found, if he was. */
  readonly home: Ledger | undefined;
}

/** A candidate before its product is known. */
interface Candidate {
  readonly item: string;
  readonly score: number;
  /** The visitor's item that brought it. */
  readonly because?: string;
}

/** Candidates are asked for beyond the limit, since some are not available any more. */
const OVERFETCH = 3;
/** Candidates looked up beyond what is still missing. */
const SPARE = 2;
/** The visitor's last items that candidates are sought for. */
const RECENT_ITEMS = 5;

/** Answers a read, always: what fails on the way lowers the tier and is named in `reason`. */
export async function recommend(env: Env, site: string, query: ReadQuery): Promise<Recommendation> {
  const startedAt = Date.now();
  const [read, model] = await Promise.all([
    readProfile(env, site, query, 'recent'),
    loadModel(env, site).catch((error) => {
      log('model_unavailable', { site, error: String(error) });
      return null;
    }),
  ]);
  const profileMs = Date.now() - startedAt;
  const home = read.tier === 'none' ? undefined : read.home;
  const base = { slot: query.slot, strategy: query.strategy, profileMs, home };
  const seen = read.tier === 'none' ? [] : read.profile;
  try {
    const items = await dress(env, site, query, await personalCandidates(env, model, query, seen));
    if (items.length > 0 && (read.tier !== 'none' || query.strategy === 'similar' || query.strategy === 'trending')) {
      const tier = read.tier === 'none' ? 'segment' : read.tier;
      return { ...base, tier, reason: read.tier === 'live' ? 'live_profile' : read.reason, items };
    }
    if (query.strategy === 'recently_viewed')
      return read.tier === 'none'
        ? { ...base, tier: 'baseline', reason: read.reason, items: [] }
        : { ...base, tier: read.tier, reason: 'nothing_viewed', items: [] };
  } catch (error) {
    log('recommend_degraded', { site, error: String(error) });
  }
  return {
    ...base,
    ...(await fallback(env, site, query, model, read.tier === 'none' ? read.reason : 'nothing_known')),
  };
}

async function personalCandidates(
  env: Env,
  model: Model | null,
  query: ReadQuery,
  seen: readonly string[],
): Promise<readonly Candidate[]> {
  const wanted = query.limit * OVERFETCH;
  switch (query.strategy) {
    case 'recently_viewed':
      return seen.filter((item) => item !== query.item).map((item, index) => ({ item, score: 1 / (index + 1) }));
    case 'similar':
      return model && query.item !== undefined ? model.near(env, [query.item], wanted, hiddenItems(query)) : [];
    case 'trending':
      return model ? model.trending(wanted, hiddenItems(query)) : [];
    case 'for_you': {
      const recent = seen.slice(0, RECENT_ITEMS).reverse();
      return model && recent.length > 0 ? model.near(env, recent, wanted, hiddenItems(query, seen)) : [];
    }
  }
}

/** What is not shown: the product of the page, and what the visitor has just seen where that is not the point. */
function hiddenItems(query: ReadQuery, seen: readonly string[] = []): Set<string> {
  const hidden = new Set(seen);
  if (query.item !== undefined) hidden.add(query.item);
  return hidden;
}

/** Turns candidates, best first, into at most `query.limit` available products with their reasons. */
async function dress(
  env: Env,
  site: string,
  query: ReadQuery,
  candidates: readonly Candidate[],
): Promise<RecommendedItem[]> {
  const dressed: RecommendedItem[] = [];
  // The best ones first; the others are looked up only for those that are not available.
  for (let from = 0; from < candidates.length && dressed.length < query.limit; ) {
    const next = candidates.slice(from, from + query.limit - dressed.length + SPARE);
    from += next.length;
    const ids = new Set(next.flatMap(({ item, because }) => (because === undefined ? [item] : [item, because])));
    const products = await readItems(env, site, ids);
    for (const candidate of next) {
      const item = products.get(candidate.item);
      if (item && dressed.length < query.limit)
        dressed.push({ item, score: candidate.score, reason: reasonFor(query.strategy, candidate, products) });
    }
  }
  return dressed;
}

function reasonFor(
  strategy: Strategy,
  candidate: Candidate,
  products: ReadonlyMap<string, Item>,
): RecommendedItem['reason'] {
  switch (strategy) {
    case 'recently_viewed':
      return { code: 'recent', text: 'You viewed this recently' };
    case 'trending':
      return { code: 'trending', text: 'Popular right now' };
    case 'similar':
      return {
        code: 'similar',
        ...(candidate.because !== undefined && { item: candidate.because }),
        text: 'Often viewed together',
      };
    case 'for_you': {
      const title = candidate.because === undefined ? undefined : products.get(candidate.because)?.title;
      return {
        code: 'viewed',
        ...(candidate.because !== undefined && { item: candidate.because }),
        text: title === undefined ? 'Picked for you' : `Because you viewed ${title}`,
      };
    }
  }
}

/** The lower rungs: what is popular among all visitors, then the catalogue's own order, then nothing. */
async function fallback(
  env: Env,
  site: string,
  query: ReadQuery,
  model: Model | null,
  reason: string,
): Promise<Pick<Recommendation, 'tier' | 'reason' | 'items'>> {
  const trending = { ...query, strategy: 'trending' as const };
  try {
    const popular = model
      ? await dress(env, site, trending, model.trending(query.limit * OVERFETCH, hiddenItems(query)))
      : [];
    if (popular.length > 0) return { tier: 'segment', reason, items: popular };
    const first = (await firstItems(env, site, query.limit + 1))
      .filter(({ id }) => id !== query.item)
      .slice(0, query.limit);
    const items = first.map((item) => ({
      item,
      score: 0,
      reason: { code: 'catalogue' as const, text: 'From our collection' },
    }));
    return { tier: 'baseline', reason: model ? reason : 'no_model', items };
  } catch (error) {
    log('baseline_failed', { site, error: String(error) });
    return { tier: 'baseline', reason: 'catalogue_unavailable', items: [] };
  }
}
