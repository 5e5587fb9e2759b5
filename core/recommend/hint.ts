import type { Known } from './known.ts';

/** What a browser has just done and the server may not know yet, newest first. It shows in recommendations and nowhere else. */
export type Hint = readonly { readonly kind: 'view' | 'cart' | 'removal'; readonly item: string }[];

/** Longest hint in characters, and most entries of one; what is beyond is not read. */
export const MAX_HINT_LENGTH = 2_048;
const MAX_ENTRIES = 8;
const MAX_ITEM_LENGTH = 256;

const KINDS = { v: 'view', a: 'cart', r: 'removal' } as const;

/**
 * Reads a hint, as the beacon writes it into the query and into the cookie `vitrine_hint`: entries apart by "/", newest first, each a letter
 * (`v` viewed, `a` added to the cart, `r` taken out of it) and the product's id, percent-encoded, e.g. `vshoe-1/abag%202`. Whoever can
 * write into a page can write this: what cannot be read is left out, without an error.
 */
export function parseHint(text: string | undefined): Hint {
  if (text === undefined || text.length > MAX_HINT_LENGTH) return [];
  return text
    .split('/')
    .slice(0, MAX_ENTRIES)
    .flatMap((entry) => {
      const kind = KINDS[entry[0] as keyof typeof KINDS];
      const item = decoded(entry.slice(1));
      return kind !== undefined && item !== undefined ? [{ kind, item }] : [];
    });
}

function decoded(text: string): string | undefined {
  try {
    const item = decodeURIComponent(text);
    return item !== '' && item.length <= MAX_ITEM_LENGTH ? item : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What is known of the visitor with what his browser says: products that the profile was not told of yet come first, for they are newer.
 *
 * @param of what is known: what he had, or what is in his cart.
 * @param mayPersonalize whether a visitor of whom nothing can be read may be recommended to by what he does.
 */
export function withHint(known: Known, hint: Hint, mayPersonalize: boolean, of: 'items' | 'cart' = 'items'): Known {
  if (of === 'cart') return withCartHint(known, hint, mayPersonalize);
  const said = [...new Set(hint.filter(({ kind }) => kind !== 'removal').map(({ item }) => item))];
  if (said.length === 0) return known;
  if (known.tier === 'none')
    return mayServe(known, mayPersonalize)
      ? { tier: 'live', reason: 'browser', recent: said, carts: cartsOf(said) }
      : known;
  // What came meanwhile is among the newest; what he had before that, he has once more.
  const told = new Set(known.recent.slice(0, said.length));
  const news = said.filter((item) => !told.has(item));
  if (news.length === 0) return known;
  const { session = known.recent.length, carts = [], orders } = known;
  return {
    ...known,
    reason: `${known.reason}_and_browser`,
    recent: [...news, ...known.recent],
    session: session + news.length,
    carts: [...cartsOf(news), ...carts.map((at) => at + news.length)],
    ...(orders && { orders: orders.map((at) => at + news.length) }),
  };

  function cartsOf(items: readonly string[]): number[] {
    const added = new Set(hint.flatMap(({ kind, item }) => (kind === 'cart' ? [item] : [])));
    return items.flatMap((item, at) => (added.has(item) ? [at] : []));
  }
}

/** Whether a browser's word alone may serve a visitor of whom nothing is known. */
function mayServe({ reason }: Known, mayPersonalize: boolean): boolean {
  return mayPersonalize && reason !== 'no_consent' && reason !== 'not_personal';
}

/** The newest word on each product decides whether it is in the cart. */
function withCartHint(known: Known, hint: Hint, mayPersonalize: boolean): Known {
  const words = new Map(
    [...hint].reverse().flatMap(({ kind, item }) => (kind === 'view' ? [] : [[item, kind] as const])),
  );
  const added = [...words].flatMap(([item, kind]) => (kind === 'cart' ? [item] : [])).reverse();
  if (known.tier === 'none') {
    const serves = added.length > 0 && mayServe(known, mayPersonalize);
    return serves ? { tier: 'live', reason: 'browser', recent: added } : known;
  }
  const news = added.filter((item) => !known.recent.includes(item));
  const left = known.recent.filter((item) => words.get(item) !== 'removal');
  if (news.length === 0 && left.length === known.recent.length) return known;
  return { ...known, reason: `${known.reason}_and_browser`, recent: [...news, ...left] };
}
