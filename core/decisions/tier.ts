/** Which rung of the ladder served: the live profile, the last one known, what is popular, or the catalogue's own order. Tokens number them: a new one comes last. */
export const TIERS = ['live', 'last_known', 'popular', 'baseline'] as const;
export type Tier = (typeof TIERS)[number];
