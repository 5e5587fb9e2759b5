import type { InteractionKind } from './interactions.ts';
import { SESSION_GAP_MS } from './limits.ts';
import type { ProfileState } from './state.ts';
import { firstVariant, type Trials } from './trials.ts';
import { type ProfileView, strongestAffinities } from './view-profile.ts';

/** A visitor's last interactions with products: what recommendations start from. */
export interface RecentItems {
  /** Ids, newest first, each as often as he had it. */
  readonly items: readonly string[];
  /** Places among them of what he put into his cart. */
  readonly carts: readonly number[];
  /** Places among them of what he bought; an object that runs older code does not say. */
  readonly orders?: readonly number[];
  /** Categories and brands that he is drawn to most; an object that runs older code does not say. */
  readonly affinities?: Affinities;
  /** How many of the first are of his last session. */
  readonly session: number;
  /** When that session is over if nothing more comes, ms since 1970. */
  readonly sessionUntil: number;
  /** The variants that he has been shown, by number of the experiment; an object that runs older code does not say. */
  readonly variants?: Readonly<Record<number, number>>;
}

/** Of each the strongest first. */
export interface Affinities {
  readonly category: readonly string[];
  readonly brand: readonly string[];
}

/** Affinities of a kind that recommendations hear of. */
const AFFINITIES_TOLD = 3;

/** What the conditions of rules may ask of a profile; times are ms since 1970. */
export interface RuleFacts {
  readonly firstSeenAt: number | null;
  readonly hasUser: boolean;
  readonly sessions: number;
  readonly orders: number;
  /** Ids of products, distinct: what is in the cart, and the last ones, newest first. */
  readonly cart: readonly string[];
  readonly recent: readonly string[];
  /** Names of the segments that he is in. */
  readonly segments: readonly string[];
  readonly attributes: Readonly<Record<string, number | string | boolean>>;
}

/** The last interactions, with what rules may ask; an object that runs older code does not say. */
export interface RecentWithFacts extends RecentItems {
  readonly facts?: RuleFacts;
}

/** What rules may ask of a profile as readers see it. */
export function ruleFacts(view: ProfileView): RuleFacts {
  const known = facts.get(view);
  if (known) return known;
  const made: RuleFacts = {
    firstSeenAt: view.firstSeenAt,
    hasUser: view.userId !== null,
    sessions: view.sessions,
    orders: view.orders.length,
    cart: view.cart.map(({ id }) => id),
    recent: view.recentItems.map(({ id }) => id),
    segments: Object.keys(view.segments),
    attributes: Object.fromEntries(Object.entries(view.attributes).map(([name, { value }]) => [name, value])),
  };
  facts.set(view, made);
  return made;
}

/** A view is made once a minute, and read often. */
const facts = new WeakMap<ProfileView, RuleFacts>();

/** The last interactions of a profile; of a person's ledgers the sessions that touch the last one are one with it. */
export function recentItems(state: ProfileState): RecentItems {
  const { interactions, sessions } = state;
  const ends = sessions.toSorted(([, a], [, b]) => b - a);
  const [, last = 0] = ends[0] ?? [];
  let begins = last;
  for (const [start, end] of ends) if (end + SESSION_GAP_MS >= begins) begins = Math.min(begins, start);
  const placesOf = (wanted: InteractionKind) => interactions.flatMap(({ kind }, at) => (kind === wanted ? [at] : []));
  return {
    items: interactions.map(({ item }) => item),
    carts: placesOf('cart'),
    orders: placesOf('order'),
    affinities: {
      category: strongestAffinities(state, 'category', AFFINITIES_TOLD),
      brand: strongestAffinities(state, 'brand', AFFINITIES_TOLD),
    },
    session: interactions.filter(({ time }) => time >= begins).length,
    sessionUntil: last + SESSION_GAP_MS,
    ...(state.trials.size > 0 && { variants: shownVariants(state.trials) }),
  };
}

function shownVariants(trials: Trials): Record<number, number> {
  return Object.fromEntries(
    [...trials].flatMap(([number, variants]) => {
      const first = firstVariant(variants);
      return first === undefined ? [] : [[number, first]];
    }),
  );
}
