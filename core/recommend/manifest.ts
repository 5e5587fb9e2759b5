import { z } from 'zod';

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
