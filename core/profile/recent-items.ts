import type { InteractionKind } from './interactions.ts';
import { SESSION_GAP_MS } from './limits.ts';
import type { ProfileState } from './state.ts';

/** A visitor's last interactions with products: what recommendations start from. */
export interface RecentItems {
  /** Ids, newest first, each as often as he had it. */
  readonly items: readonly string[];
  /** Places among them of what he put into his cart. */
  readonly carts: readonly number[];
  /** Places among them of what he bought; an object that runs older code does not say. */
  readonly orders?: readonly number[];
  /** How many of the first are of his last session. */
  readonly session: number;
  /** When that session is over if nothing more comes, ms since 1970. */
  readonly sessionUntil: number;
}

/** The last interactions of a profile; of a person's ledgers the sessions that touch the last one are one with it. */
export function recentItems({ interactions, sessions }: ProfileState): RecentItems {
  const ends = sessions.toSorted(([, a], [, b]) => b - a);
  const [, last = 0] = ends[0] ?? [];
  let begins = last;
  for (const [start, end] of ends) if (end + SESSION_GAP_MS >= begins) begins = Math.min(begins, start);
  const placesOf = (wanted: InteractionKind) => interactions.flatMap(({ kind }, at) => (kind === wanted ? [at] : []));
  return {
    items: interactions.map(({ item }) => item),
    carts: placesOf('cart'),
    orders: placesOf('order'),
    session: interactions.filter(({ time }) => time >= begins).length,
    sessionUntil: last + SESSION_GAP_MS,
  };
}
