import { PROFILE_CAPS } from '../../core/profile/limits.ts';
import { RANKED } from '../../core/recommend/features.ts';
import { sequenceOf } from '../../core/recommend/known.ts';
import { PRIOR_RANKER } from '../../core/recommend/prior-ranker.ts';
import { Ranker } from '../../core/recommend/ranker.ts';
import { fitOn } from './evaluate.ts';
import { buildModel } from './model.ts';
import { PLACES, round } from './quality.ts';
import type { LogSession } from './read-log.ts';
import type { Touch, Visit } from './read-visits.ts';

/** The newest share of sessions is asked about. */
const TEST_SHARE = 0.2;
/** A session with fewer items than that is short. */
const SHORT = 3;
/** What a category that makes up all of a visitor's items is worth against the logarithm of the place. */
const AFFINITY = 1;

/** A way to ask: by which items, oldest first, and in which order the answers stand then. */
interface Way {
  readonly name: string;
  readonly items: (session: readonly Touch[], earlier: readonly Touch[]) => readonly string[];
  readonly byCategory?: true;
}

const itemsOf = (touches: readonly Touch[]) => touches.slice(-PROFILE_CAPS.interactions).map(({ item }) => item);

/** As a read asks: see `sequenceOf`. */
function asServed(session: readonly Touch[], earlier: readonly Touch[]): string[] {
  const newest = [...earlier, ...session].slice(-PROFILE_CAPS.interactions).reverse();
  return sequenceOf({
    tier: 'live',
    reason: 'live_profile',
    recent: newest.map(({ item }) => item),
    session: Math.min(session.length, newest.length),
    carts: newest.flatMap(({ kind }, at) => (kind === 'cart' ? [at] : [])),
  });
}

const without = (kind: Touch['kind'], touches: readonly Touch[]) => touches.filter((touch) => touch.kind !== kind);
const asViews = (touches: readonly Touch[]) => touches.map((touch): Touch => ({ ...touch, kind: 'view' }));

const WAYS: readonly Way[] = [
  { name: 'as served', items: asServed },
  { name: 'this session only', items: (session) => itemsOf(session) },
  { name: 'all sessions as one', items: (session, earlier) => itemsOf([...earlier, ...session]) },
  { name: 'carts as views', items: (session, earlier) => asServed(asViews(session), asViews(earlier)) },
  {
    name: 'without orders',
    items: (session, earlier) => asServed(without('order', session), without('order', earlier)),
  },
  { name: 'categories that he likes first', items: asServed, byCategory: true },
];

/** Rates of one kind of question, in [0, 1]. */
interface Rates {
  readonly questions: number;
  readonly hr20: number;
  readonly mrr20: number;
}

/** What a way to ask came to. */
export interface Compared {
  readonly name: string;
  /** Questions within a session; those of them with fewer than three items before; what who had been there before looks at first. */
  readonly within: Rates;
  readonly short: Rates;
  readonly first: Rates;
  /** How much better than what serves over all questions, with the standard error of the difference, paired and clustered by visitor. */
  readonly gain: {
    readonly hr20: number;
    readonly hr20Error: number;
    readonly mrr20: number;
    readonly mrr20Error: number;
  };
}

interface Asked {
  readonly visitor: string;
  readonly kind: 'first' | 'short' | 'long';
  /** From 1; 0 where it was not among the answers. */
  readonly rank: number;
}

/**
 * Holds ways to ask against each other on a click log with kinds of event and visitors who come again: the model and its ranker are made of the
 * older sessions, the newest fifth is asked, item by item, frozen.
 */
export function compareHistories(visits: readonly Visit[]): Compared[] {
  const cut = Math.floor(visits.length * (1 - TEST_SHARE));
  const known: LogSession[] = visits.slice(0, cut).map(({ visitor, touches }, at) => ({
    s: `${visitor}-${at}`,
    t: at,
    items: touches.map(({ item }) => item),
  }));
  const categories = new Map(visits.flatMap(({ touches }) => touches.map(({ item, category }) => [item, category])));
  const { scorer, blockOf, facts } = buildModel(known);
  const ranker = new Ranker(fitOn(known).ranker ?? PRIOR_RANKER.trees);
  const answer = ({ items: by, byCategory }: Way, session: readonly Touch[], earlier: readonly Touch[]) => {
    const items = by(session, earlier);
    if (items.length === 0) return [];
    const answered = scorer.score({ items }, blockOf, facts, ranker, RANKED).map(({ item }) => item);
    return byCategory ? liked(answered, [...earlier, ...session], categories) : answered;
  };
  const asked = visits.slice(cut).flatMap(({ visitor, touches, earlier }) =>
    touches.flatMap(({ item }, at) => {
      if (at === 0 && earlier.length === 0) return [];
      return [{ visitor, target: item, session: touches.slice(0, at), earlier }];
    }),
  );
  const results = WAYS.map((way) =>
    asked.map(({ visitor, target, session, earlier }): Asked => {
      const place = answer(way, session, earlier).slice(0, PLACES).indexOf(target);
      const kind = session.length === 0 ? 'first' : session.length < SHORT ? 'short' : 'long';
      return { visitor, kind, rank: place + 1 };
    }),
  );
  return results.map((result, at) => ({
    name: WAYS[at]?.name ?? '',
    within: ratesOf(result.filter(({ kind }) => kind !== 'first')),
    short: ratesOf(result.filter(({ kind }) => kind === 'short')),
    first: ratesOf(result.filter(({ kind }) => kind === 'first')),
    gain: gainOver(results[0] ?? [], result),
  }));
}

/** Answers by the logarithm of their place, less what their categories make up of the visitor's items. */
function liked(
  answered: readonly string[],
  touches: readonly Touch[],
  categories: ReadonlyMap<string, string | undefined>,
): string[] {
  const shares = new Map<string | undefined, number>();
  for (const { category } of touches) shares.set(category, (shares.get(category) ?? 0) + 1 / touches.length);
  const worth = (item: string, at: number) => AFFINITY * (shares.get(categories.get(item)) ?? 0) - Math.log(at + 1);
  return answered
    .map((item, at) => ({ item, worth: worth(item, at) }))
    .sort((a, b) => b.worth - a.worth)
    .map(({ item }) => item);
}

const hit = ({ rank }: Asked) => (rank > 0 ? 1 : 0);
const reciprocal = ({ rank }: Asked) => (rank > 0 ? 1 / rank : 0);

function ratesOf(asked: readonly Asked[]): Rates {
  const mean = (of: (one: Asked) => number) =>
    round(asked.reduce((sum, one) => sum + of(one), 0) / Math.max(1, asked.length), 5);
  return { questions: asked.length, hr20: mean(hit), mrr20: mean(reciprocal) };
}

function gainOver(base: readonly Asked[], asked: readonly Asked[]): Compared['gain'] {
  const [hr20, hr20Error] = pairedGain(base, asked, hit);
  const [mrr20, mrr20Error] = pairedGain(base, asked, reciprocal);
  return { hr20, hr20Error, mrr20, mrr20Error };
}

/** The mean difference, and its standard error: the root of Σ (sum − mean·n)² over visitors, over all questions. */
function pairedGain(
  base: readonly Asked[],
  asked: readonly Asked[],
  of: (one: Asked) => number,
): readonly [gain: number, error: number] {
  const visitors = new Map<string, { n: number; sum: number }>();
  for (const [at, one] of asked.entries()) {
    const own = visitors.get(one.visitor) ?? { n: 0, sum: 0 };
    visitors.set(one.visitor, own);
    own.n += 1;
    own.sum += of(one) - of(base[at] as Asked);
  }
  const all = Math.max(1, asked.length);
  const mean = [...visitors.values()].reduce((total, { sum }) => total + sum, 0) / all;
  const squares = [...visitors.values()].reduce((total, { n, sum }) => total + (sum - mean * n) ** 2, 0);
  return [round(mean, 5), round(Math.sqrt(squares) / all, 5)];
}
