/**
 * What is known of the visitor: the ids of his last items, newest first, each as often as he had it, or of what is in his cart, where that is
 * asked for; and how it is known, or why nothing is.
 */
export type Known =
  | {
      readonly tier: 'live' | 'last_known';
      readonly reason: string;
      readonly recent: readonly string[];
      /** How many of the first are of the session that goes on; all, if nothing is said. */
      readonly session?: number;
      /** Places among them of what he put into his cart, and of what he bought. */
      readonly carts?: readonly number[];
      readonly orders?: readonly number[];
      /** Categories and brands that he is drawn to most, the strongest first. */
      readonly affinities?: { readonly category: readonly string[]; readonly brand: readonly string[] };
    }
  | { readonly tier: 'none'; readonly reason: string };

/** So many items of a session say what the visitor is after; with fewer, what he did in earlier ones says more. */
const TELLING_ITEMS = 4;

/**
 * The sequence of items that a visitor is recommended to by, oldest first: those of the session that goes on, after those of earlier ones as long
 * as it is short; what went into the cart counts twice. Measured by `npm run eval -- --events`.
 */
export function sequenceOf(known: Known): string[] {
  if (known.tier === 'none') return [];
  const { recent, session = recent.length, carts = [] } = known;
  const inCart = new Set(carts);
  const taken = session >= TELLING_ITEMS ? recent.slice(0, session) : recent;
  return taken.flatMap((item, at) => (inCart.has(at) ? [item, item] : [item])).reverse();
}
