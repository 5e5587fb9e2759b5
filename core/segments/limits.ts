/** What segments hold at most. */
export const SEGMENT_CAPS = {
  /** Segments of a site. */
  perSite: 32,
  /** Moments that one look ahead tries; when none of them changes a membership, the next look begins after them. */
  lookAhead: 64,
  /** Characters of a description. */
  description: 256,
} as const;
