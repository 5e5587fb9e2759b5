import type { ServedItem } from '../catalog/served-item.ts';
import { type Known, sequenceOf } from './known.ts';
import { isPersonal, type Strategy } from './strategy.ts';

/** Which rung of the ladder served: the live profile, the last one known, what is popular, or the catalogue's own order. */
export const TIERS = ['live', 'last_known', 'popular', 'baseline'] as const;
export type Tier = (typeof TIERS)[number];

/** What is asked for. */
export interface Ask {
  readonly strategy: Strategy;
  readonly limit: number;
  /** The product of the page. */
  readonly item?: string | undefined;
  /** Whether what the visitor has seen may be shown to him again. Default: `hide`. */
  readonly seen?: 'hide' | 'show' | undefined;
}

/** A candidate before its product is known. */
export interface Candidate {
  readonly item: string;
  readonly score: number;
  /** The visitor's item that brought it. */
  readonly because?: string | undefined;
}

/** Where candidates and products come from. */
export interface Sources {
  /** Whether there is a model. */
  readonly hasModel: boolean;
  /**
   * The best items for who had these, oldest first, each as often as he had it; none of `hidden`. What comes `next`, or what goes
   * `together` with all of them.
   */
  near(
    items: readonly string[],
    limit: number,
    hidden: ReadonlySet<string>,
    purpose: 'next' | 'together',
  ): Promise<readonly Candidate[]>;
  /** What many look at now; none of `hidden`. */
  popular(limit: number, hidden: ReadonlySet<string>): readonly Candidate[];
  /** Products by id; those that may not be shown are missing. */
  products(ids: ReadonlySet<string>): Promise<ReadonlyMap<string, ServedItem>>;
  /** The first products that may be shown, in the catalogue's order. */
  first(limit: number): Promise<readonly ServedItem[]>;
  /** Hears of what failed on a rung, before the next one is tried. */
  failed(rung: 'personal' | 'popular', error: unknown): void;
}

export interface DecidedItem {
  readonly item: ServedItem;
  readonly score: number;
  readonly reason: {
    readonly code: 'viewed' | 'similar' | 'trending' | 'recent' | 'cart' | 'catalogue';
    readonly item?: string | undefined;
    readonly text: string;
  };
}

export interface Decision {
  readonly tier: Tier;
  /** Why this tier, e.g. `live_profile`, `live_profile_and_browser`, `profile_deadline`, `no_model`, `not_personal`. */
  readonly reason: string;
  readonly items: readonly DecidedItem[];
}

/** Candidates are asked for beyond the limit, since some are not available any more. */
const OVERFETCH = 3;
/** Candidates looked up beyond what is still missing. */
const SPARE = 2;

/**
 * The one way out: what a slot shows, always. It goes down the ladder of tiers (what was asked for, what is popular, the catalogue's
 * order) until a rung has something to show; what fails on the way lowers the tier, and `reason` names it. A tier claims the profile
 * only where the profile was asked.
 */
export async function decide(ask: Ask, known: Known, sources: Sources): Promise<Decision> {
  try {
    const items = await lookUp(ask, await candidatesOf(ask, known, sources), sources);
    const served = servedBy(ask, known);
    if (served && (items.length > 0 || ask.strategy === 'recently_viewed'))
      return { ...served, reason: items.length > 0 ? served.reason : 'nothing_viewed', items };
  } catch (error) {
    sources.failed('personal', error);
  }
  const unknown =
    ask.strategy === 'cart' && known.tier !== 'none' && known.recent.length === 0 ? 'empty_cart' : 'nothing_known';
  const why = known.tier === 'none' ? known.reason : unknown;
  if (ask.strategy === 'recently_viewed') return { tier: 'baseline', reason: why, items: [] };
  return descend(ask, why, sources);
}

/** The tier of what was asked for; nothing when it cannot be had. */
function servedBy(ask: Ask, known: Known): Pick<Decision, 'tier' | 'reason'> | undefined {
  if (!isPersonal(ask.strategy)) return { tier: 'popular', reason: 'not_personal' };
  if (known.tier === 'none') return undefined;
  return { tier: known.tier, reason: known.reason };
}

async function candidatesOf(ask: Ask, known: Known, sources: Sources): Promise<readonly Candidate[]> {
  const wanted = ask.limit * OVERFETCH;
  const seen = known.tier === 'none' ? [] : known.recent;
  switch (ask.strategy) {
    case 'recently_viewed':
      return [...new Set(seen)]
        .filter((item) => item !== ask.item)
        .map((item, index) => ({ item, score: 1 / (index + 1) }));
    case 'similar':
      return sources.hasModel && ask.item !== undefined ? sources.near([ask.item], wanted, hidden(ask), 'next') : [];
    case 'trending':
      return sources.popular(wanted, hidden(ask));
    case 'cart':
      return sources.hasModel && seen.length > 0
        ? sources.near(seen.toReversed(), wanted, hidden(ask, seen), 'together')
        : [];
    case 'for_you': {
      const barred = ask.seen === 'show' ? hidden(ask) : hidden(ask, seen);
      return sources.hasModel && seen.length > 0 ? sources.near(sequenceOf(known), wanted, barred, 'next') : [];
    }
  }
}

/** What is not shown: the product of the page, and what the visitor has just seen where that is not the point. */
function hidden(ask: Ask, seen: readonly string[] = []): Set<string> {
  const set = new Set(seen);
  if (ask.item !== undefined) set.add(ask.item);
  return set;
}

/** The lower rungs: what is popular among all visitors, then the catalogue's own order, then nothing. */
async function descend(ask: Ask, reason: string, sources: Sources): Promise<Decision> {
  try {
    const popular = sources.popular(ask.limit * OVERFETCH, hidden(ask));
    const items = await lookUp({ ...ask, strategy: 'trending' }, popular, sources);
    if (items.length > 0) return { tier: 'popular', reason, items };
    const groups = new Set<string>();
    const first = (await sources.first(ask.limit * OVERFETCH))
      .filter((item) => item.id !== ask.item && !isShown(item, groups))
      .slice(0, ask.limit);
    const why = { code: 'catalogue' as const, text: 'From our collection' };
    return {
      tier: 'baseline',
      reason: sources.hasModel ? reason : 'no_model',
      items: first.map((item) => ({ item, score: 0, reason: why })),
    };
  } catch (error) {
    sources.failed('popular', error);
    return { tier: 'baseline', reason: 'catalogue_unavailable', items: [] };
  }
}

/** Turns candidates, best first, into at most `limit` products that may be shown, with their reasons. */
async function lookUp(ask: Ask, candidates: readonly Candidate[], sources: Sources): Promise<DecidedItem[]> {
  const found: DecidedItem[] = [];
  const groups = new Set<string>();
  // The best ones first; the others are looked up only for those that are not available.
  for (let from = 0; from < candidates.length && found.length < ask.limit; ) {
    const next = candidates.slice(from, from + ask.limit - found.length + SPARE);
    from += next.length;
    const ids = new Set(next.flatMap(({ item, because }) => (because === undefined ? [item] : [item, because])));
    const products = await sources.products(ids);
    for (const candidate of next) {
      const item = products.get(candidate.item);
      if (!item || found.length >= ask.limit || isShown(item, groups)) continue;
      found.push({ item, score: candidate.score, reason: reasonFor(ask.strategy, candidate, products) });
    }
  }
  return found;
}

/** Whether another variant of the product is shown already; if not, this one is now. */
function isShown({ group }: ServedItem, groups: Set<string>): boolean {
  if (group === undefined) return false;
  const { size } = groups;
  return groups.add(group).size === size;
}

function reasonFor(
  strategy: Strategy,
  { because }: Candidate,
  products: ReadonlyMap<string, ServedItem>,
): DecidedItem['reason'] {
  const item = because === undefined ? {} : { item: because };
  switch (strategy) {
    case 'recently_viewed':
      return { code: 'recent', text: 'You viewed this recently' };
    case 'trending':
      return { code: 'trending', text: 'Popular right now' };
    case 'similar':
      return { code: 'similar', ...item, text: 'Often viewed together' };
    case 'cart': {
      const title = because === undefined ? undefined : products.get(because)?.title;
      return { code: 'cart', ...item, text: title === undefined ? 'Goes with your cart' : `Goes with ${title}` };
    }
    case 'for_you': {
      const title = because === undefined ? undefined : products.get(because)?.title;
      return {
        code: 'viewed',
        ...item,
        text: title === undefined ? 'Picked for you' : `Because you viewed ${title}`,
      };
    }
  }
}
