import { z } from 'zod';
import { rankerSchema } from './ranker.ts';

/** Hit rate and mean reciprocal rank at 20. */
export const qualitySchema = z.object({ hr20: z.number().min(0).max(1), mrr20: z.number().min(0).max(1) });

/** A ranker that was fitted on a site's own log. */
export const ownRankerSchema = z.object({
  site: z.string(),
  /** When it was fitted, ms since 1970. */
  fittedAt: z.int(),
  trees: rankerSchema,
  /** What it learned from, and how it did on the newest questions beside the one that served before. */
  questions: z.int(),
  usable: z.int(),
  checked: z.object({ questions: z.int(), present: qualitySchema, fitted: qualitySchema }),
});
export type OwnRanker = z.infer<typeof ownRankerSchema>;

/** What says which blocks make a model; it is all that a read needs beside the blocks of the visitor's items. */
export const manifestSchema = z.object({
  v: z.literal(1),
  site: z.string(),
  /** Time of publishing, ms since 1970; later models have larger versions. */
  version: z.int(),
  /** Blocks of each shard. */
  blocks: z.int().min(1),
  shards: z.array(
    z.array(z.object({ /** R2 key, named by content. */ key: z.string(), bytes: z.int().nonnegative() })),
  ),
  sessions: z.int().nonnegative(),
  /** Share of the sessions that is recent, and the end of the newest one, seconds since 1970. */
  recentShare: z.number().min(0).max(1).default(0.05),
  newestSeconds: z.int().nonnegative().optional(),
  /** What orders the candidates; without one that can be used the shipped one serves. */
  ranker: z.unknown().optional(),
  /** The newest rates of products: their R2 key, and the day that they reach to, days since 1970. */
  rates: z.object({ key: z.string(), day: z.int() }).optional(),
  items: z.int().nonnegative(),
  /** Items by how many recent sessions hold them, best first. */
  trending: z.array(z.object({ item: z.string(), score: z.number() })),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** The model that serves, those before it, and whether a rollback holds it in place. */
export const currentSchema = z.object({
  manifest: manifestSchema,
  previous: z.array(manifestSchema),
  /** Set by a rollback: the cron publishes nothing until someone publishes on demand. */
  held: z.boolean(),
});
export type Current = z.infer<typeof currentSchema>;
