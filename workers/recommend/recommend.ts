import type { Item } from '../catalog/item.ts';
import { firstItems, readItems } from '../catalog/read-items.ts';
import { log } from '../http/log.ts';
import { loadModel } from '../model/load-model.ts';
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
}

/** A candidate before its product is known. */
interface Candidate {
  readonly id: string;
  readonly score: number;
  readonly because?: string;
}

/** Candidates are asked for beyond the limit, since some are not available any more. */
const OVERFETCH = 3;
/** Candidates looked up beyond what is still missing. */
const SPARE = 2;
/** The visitor's last items that candidates are sought for. */
const RECENT_ITEMS = 5;

type Model = NonNullable<Awaited<ReturnType<typeof loadModel>>>;

/** Answers a read, always: what fails on the way lowers the tier and is named in `reason`. */
export async function recommend(env: Env, site: string, query: ReadQuery): Promise<Recommendation> {
  const startedAt = Date.now();
  const [read, model] = await Promise.all([
    readProfile(env, site, query),
    loadModel(env, site).catch((error) => {
      log('model_unavailable', { site, error: String(error) });
      return null;
    }),
  ]);
  const profileMs = Date.now() - startedAt;
  const base = { slot: query.slot, strategy: query.strategy, profileMs };
  const profile = read.tier === 'none' ? undefined : read.profile;
  const seen = profile?.recentItems.map(({ id }) => id) ?? [];
  try {
    const personal = await personalCandidates(model, query, seen);
    const items = await dress(env, site, query, personal, seen);
    if (items.length > 0 && (read.tier !== 'none' || query.strategy === 'similar' || query.strategy === 'trending')) {
      const tier = read.tier === 'none' ? 'segment' : read.tier;
      return { ...base, tier, reason: read.tier === 'live' ? 'live_profile' : read.reason, items };
    }
    if (query.strategy === 'recently_viewed')
      return { ...base, tier: profile ? 'live' : 'baseline', reason: 'nothing_viewed', items: [] };
  } catch (error) {
    log('recommend_degraded', { site, error: String(error) });
  }
  return {
    ...base,
    ...(await fallback(env, site, query, model, seen, read.tier === 'none' ? read.reason : 'nothing_known')),
  };
}

async function personalCandidates(
  model: Model | null,
  query: ReadQuery,
  seen: readonly string[],
): Promise<Candidate[]> {
  const wanted = query.limit * OVERFETCH + seen.length;
  switch (query.strategy) {
    case 'recently_viewed':
      return seen.map((id, index) => ({ id, score: 1 / (index + 1) }));
    case 'similar':
      return model && query.item !== undefined ? toCandidates(await model.similar(query.item, wanted)) : [];
    case 'trending':
      return model ? toCandidates(model.trending(wanted)) : [];
    case 'for_you': {
      const recent = seen.slice(0, RECENT_ITEMS).reverse();
      return model && recent.length > 0 ? toCandidates(await model.forYou(recent, wanted)) : [];
    }
  }
}

function toCandidates(scored: readonly { item: string; score: number; because?: string }[]): Candidate[] {
  return scored.map(({ item, score, because }) => ({ id: item, score, ...(because !== undefined && { because }) }));
}

/** Turns candidates into products with their reasons; what the visitor has just seen is left out, except where it is the point. */
async function dress(
  env: Env,
  site: string,
  query: ReadQuery,
  candidates: readonly Candidate[],
  seen: readonly string[],
): Promise<RecommendedItem[]> {
  const hidden = new Set(query.strategy === 'recently_viewed' ? [] : query.strategy === 'for_you' ? seen : []);
  if (query.item !== undefined) hidden.add(query.item);
  const open = candidates.filter(({ id }) => !hidden.has(id)).slice(0, query.limit * OVERFETCH);
  const dressed: RecommendedItem[] = [];
  // The best ones first; the others are looked up only for those that are not available.
  for (let from = 0; from < open.length && dressed.length < query.limit; ) {
    const next = open.slice(from, from + query.limit - dressed.length + SPARE);
    from += next.length;
    const ids = new Set(next.flatMap(({ id, because }) => (because === undefined ? [id] : [id, because])));
    const products = await readItems(env, site, [...ids]);
    for (const candidate of next) {
      const item = products.get(candidate.id);
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
  seen: readonly string[],
  reason: string,
): Promise<Pick<Recommendation, 'tier' | 'reason' | 'items'>> {
  const trending = { ...query, strategy: 'trending' as const };
  try {
    const popular = model
      ? await dress(env, site, trending, toCandidates(model.trending(query.limit * OVERFETCH + seen.length)), seen)
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
