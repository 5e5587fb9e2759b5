import type { ServedItem } from '../catalog/served-item.ts';

/** Why a product is shown. */
export const REASONS = [
  'viewed',
  'bought',
  'cart',
  'similar',
  'related',
  'recent',
  'trending',
  'trending_category',
  'catalogue',
  'new',
  'pinned',
  'bought_together',
] as const;
export type ReasonCode = (typeof REASONS)[number];

export interface Reason {
  readonly code: ReasonCode;
  /** The visitor's item, or the page's, that brought it. */
  readonly item?: string | undefined;
  /** For who sees the product. */
  readonly text: string;
}

/** A reason in words; with the title of what brought the product, where that is known. */
export function reasonOf(code: ReasonCode, shown: ServedItem, because?: string, title?: string): Reason {
  return { code, ...(because !== undefined && { item: because }), text: textOf(code, shown, title) };
}

function textOf(code: ReasonCode, { category }: ServedItem, title: string | undefined): string {
  switch (code) {
    case 'viewed':
      return title === undefined ? 'Picked for you' : `Because you viewed ${title}`;
    case 'bought':
      return title === undefined ? 'Picked for you' : `Because you bought ${title}`;
    case 'cart':
      return title === undefined ? 'Goes with your cart' : `Goes with ${title}`;
    case 'similar':
      return 'Often viewed together';
    case 'related':
      return title === undefined ? 'Similar' : `Similar to ${title}`;
    case 'recent':
      return 'You viewed this recently';
    case 'trending':
      return 'Popular right now';
    case 'trending_category':
      return category === undefined ? 'Popular right now' : `Popular in ${category}`;
    case 'catalogue':
      return 'From our collection';
    case 'new':
      return 'New in';
    case 'pinned':
      return 'Our pick';
    case 'bought_together':
      return title === undefined ? 'Often bought together' : `Often bought with ${title}`;
  }
}
