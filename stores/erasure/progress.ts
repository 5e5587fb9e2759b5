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

/** How far an erasure is: what it removed, and the raw object after which it goes on. */
export const progressSchema = z.object({ removed: removedSchema.prefault({}), rawAfter: z.string().optional() });
export type Progress = z.infer<typeof progressSchema>;
