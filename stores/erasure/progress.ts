import { z } from 'zod';

/** What an erasure has removed so far, by store. */
export const removedSchema = z.object({
  profiles: z.int().default(0),
  sessions: z.int().default(0),
  orders: z.int().default(0),
  links: z.int().default(0),
  failedEvents: z.int().default(0),
  lakeEvents: z.int().default(0),
});
export type Removed = z.infer<typeof removedSchema>;

/** How far an erasure is: what it removed, the raw object after which it goes on, and when profiles were without its parts. */
export const progressSchema = z.object({
  removed: removedSchema.prefault({}),
  rawAfter: z.string().optional(),
  partsErasedAt: z.int().optional(),
});
export type Progress = z.infer<typeof progressSchema>;
