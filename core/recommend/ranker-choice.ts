/**
 * What orders the candidates that a model brings: `own`, the ranker that the shop's log has taught, the shipped one until there is one; `shipped`, that
 * one in any case; `none`, the order in which sessions bring them, which is what goes with all that is asked about.
 */
export const RANKER_CHOICES = ['own', 'shipped', 'none'] as const;
export type RankerChoice = (typeof RANKER_CHOICES)[number];
