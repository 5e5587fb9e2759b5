import { type Known, sequenceOf } from '../recommend/known.ts';
import type { RankerChoice } from '../recommend/ranker-choice.ts';
import type { ReasonCode } from '../recommend/reasons.ts';
import type { Ask } from './ask.ts';
import type { Barred, Candidate, Sources } from './candidates.ts';

/** Candidates are asked for beyond the limit, since some are not available any more. */
const OVERFETCH = 3;
/** The visitor's last items whose likes are looked for, and what each of them back weighs less. */
const ANCHORS = 3;
const ANCHOR_DECAY = 0.8;
/** Of what is popular so many are looked at for those of a category. */
const POPULAR_LOOKED_AT = 60;

/**
 * One way to fill a slot, of which those above are better. `asked`: what was asked for; `content`: the same by what the catalogue says;
 * `popular` and `baseline`: what is left.
 */
export interface Rung {
  readonly kind: 'asked' | 'content' | 'popular' | 'baseline';
  readonly candidates: () => Promise<readonly Candidate[]> | readonly Candidate[];
  readonly reason: (candidate: Candidate) => ReasonCode;
}

/**
 * The rungs of a strategy, best first; each is climbed only while there is room.
 *
 * @param hidden what none of them brings.
 * @param pool candidates that are wanted in all, where that is more than are shown.
 */
export function rungsOf(
  ask: Ask,
  known: Known,
  sources: Sources,
  hidden: ReadonlyMap<string, Hidden>,
  pool = ask.limit,
): Rung[] {
  const wanted = Math.max(pool, ask.limit * OVERFETCH);
  const seen = known.tier === 'none' ? [] : known.recent;
  const anchors =
    ask.strategy === 'similar' || ask.strategy === 'bought_together'
      ? ask.item === undefined
        ? []
        : [ask.item]
      : ask.strategy === 'for_you'
        ? [...new Set(seen)].slice(0, ANCHORS)
        : [];
  const asked = (candidates: Rung['candidates'], reason: Rung['reason']): Rung => ({
    kind: 'asked',
    candidates,
    reason,
  });
  const near = (items: readonly string[], ranker: RankerChoice) => () =>
    sources.hasModel && items.length > 0 ? sources.near(items, wanted, hidden, ranker) : [];
  const { ranker = 'own' } = ask;
  const because = ({ because: item }: Candidate) =>
    item !== undefined && hidden.get(item) === 'bought' ? 'bought' : 'viewed';
  const popular: Rung = {
    kind: 'popular',
    candidates: () => sources.popular(wanted, hidden),
    reason: () => 'trending',
  };
  const catalogue: Rung = {
    kind: 'baseline',
    candidates: async () =>
      (await sources.first(wanted + hidden.size)).flatMap(({ id }) => (hidden.has(id) ? [] : [{ item: id, score: 0 }])),
    reason: () => 'catalogue',
  };
  const alike: Rung[] =
    anchors.length === 0
      ? []
      : [
          {
            kind: 'content',
            candidates: async () => notIn(hidden, await relatedTo(anchors, wanted, sources)),
            reason: () => 'related',
          },
          {
            kind: 'content',
            candidates: () => popularBeside(anchors, ask.strategy === 'for_you' ? known : undefined, hidden, sources),
            reason: () => 'trending_category',
          },
        ];
  switch (ask.strategy) {
    case 'recently_viewed':
      return [
        asked(
          () =>
            [...new Set(seen)]
              .filter((item) => item !== ask.item)
              .map((item, index) => ({ item, score: 1 / (index + 1) })),
          () => 'recent',
        ),
      ];
    case 'trending':
      return [{ ...popular, kind: 'asked' }, catalogue];
    case 'similar':
      return [asked(near(anchors, ranker), () => 'similar'), ...alike, popular, catalogue];
    case 'bought_together':
      return [
        asked(
          async () => (ask.item === undefined ? [] : notIn(hidden, await sources.together(ask.item, wanted))),
          () => 'bought_together',
        ),
        asked(near(anchors, 'none'), () => 'similar'),
        ...alike,
        popular,
        catalogue,
      ];
    case 'cart':
      return [asked(near(seen.toReversed(), 'none'), () => 'cart'), popular, catalogue];
    case 'for_you':
      return [asked(near(seen.length > 0 ? sequenceOf(known) : [], ranker), because), ...alike, popular, catalogue];
  }
}

/** Why a product is not shown, whatever brings it. */
export type Hidden = 'page' | 'bought' | 'seen';

/** What a strategy does not show: the page's product, what the visitor bought, for he needs no second one, and what he has seen where that is not the point. */
export function hiddenOf(ask: Ask, known: Known): Map<string, Hidden> {
  const hidden = new Map<string, Hidden>();
  const seen = known.tier === 'none' ? [] : known.recent;
  const hides = ask.strategy === 'cart' || (ask.strategy === 'for_you' && ask.seen !== 'show');
  if (hides) for (const item of seen) hidden.set(item, 'seen');
  for (const item of boughtOf(known)) hidden.set(item, 'bought');
  if (ask.item !== undefined) hidden.set(ask.item, 'page');
  return hidden;
}

function boughtOf(known: Known): readonly string[] {
  if (known.tier === 'none' || !known.orders) return [];
  return known.orders.flatMap((at) => known.recent[at] ?? []);
}

function notIn(hidden: Barred, candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter(({ item }) => !hidden.has(item));
}

/** What is alike to any of these, newest first: the likes of older ones weigh less. */
async function relatedTo(anchors: readonly string[], limit: number, sources: Sources): Promise<Candidate[]> {
  const lists = await Promise.all(anchors.map((anchor) => sources.related(anchor, limit)));
  const best = new Map<string, Candidate>();
  for (const [at, list] of lists.entries())
    for (const { item, score } of list) {
      const weighed = score * ANCHOR_DECAY ** at;
      if (weighed > (best.get(item)?.score ?? 0)) best.set(item, { item, score: weighed, because: anchors[at] });
    }
  return [...best.values()].sort((a, b) => b.score - a.score).slice(0, limit);
}

/** How much more a product weighs that is of a category, or a brand, that the visitor is drawn to; the first of them weighs whole. */
const DRAWN_TO = 1;

/** What is popular in the categories of these, and in those that the visitor is drawn to; what he is drawn to comes before the rest. */
async function popularBeside(
  anchors: readonly string[],
  known: Known | undefined,
  hidden: Barred,
  sources: Sources,
): Promise<Candidate[]> {
  const { category: drawn = [], brand = [] } = (known?.tier !== 'none' && known?.affinities) || {};
  const shown = await sources.products(anchors);
  const categories = new Set([...anchors.flatMap((anchor) => shown.get(anchor)?.category ?? []), ...drawn]);
  const listed = (category: string) =>
    sources.popularIn(category).catch((error) => {
      sources.failed('trending_category', error);
      return [];
    });
  const lists = await Promise.all([...categories].map(listed));
  // The lists are of some minutes ago, and of a new shop there are none.
  const best = new Map<string, Candidate>();
  for (const one of [...notIn(hidden, lists.flat()), ...sources.popular(POPULAR_LOOKED_AT, hidden)])
    if (one.score > (best.get(one.item)?.score ?? 0)) best.set(one.item, { item: one.item, score: one.score });
  const popular = [...best.values()];
  if (popular.length === 0) return [];
  const products = await sources.products(best.keys());
  const pull = (list: readonly string[], value: string | undefined) => {
    const at = value === undefined ? -1 : list.indexOf(value);
    return at < 0 ? 0 : DRAWN_TO / (at + 1);
  };
  return popular
    .flatMap((one) => {
      const product = products.get(one.item);
      if (product?.category === undefined || !categories.has(product.category)) return [];
      return [{ ...one, score: one.score * (1 + pull(drawn, product.category) + pull(brand, product.brand)) }];
    })
    .sort((a, b) => b.score - a.score);
}
