/** What a slot shows. Tokens of decisions number them: a new one comes last. */
export const STRATEGIES = ['for_you', 'similar', 'trending', 'recently_viewed', 'cart', 'bought_together'] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** Whether a strategy looks at the visitor: the others need no profile, and ask none. */
export function isPersonal(strategy: Strategy): boolean {
  return strategy === 'for_you' || strategy === 'recently_viewed' || strategy === 'cart';
}
