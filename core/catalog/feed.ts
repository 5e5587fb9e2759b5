import { z } from 'zod';
import { loadReportSchema } from './load-report.ts';

/** Feeds of a site, and minutes between two fetches of one. */
export const MAX_FEEDS = 20;
const LEAST_MINUTES = 5;
const DAY_MINUTES = 1_440;

export const feedNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/i, 'must be 1–64 letters, digits, "-" or "_"')
  .refine((name) => name !== 'api', 'must not be "api": that is what uploads are called that name no source');

/** A feed as a shop defines it. */
export const feedSchema = z.strictObject({
  url: z.string().max(2_048).meta({ description: 'Where it is: https, on a public host.' }),
  everyMinutes: z.int().min(LEAST_MINUTES).max(DAY_MINUTES).default(60),
});

/** What came of a run. `unchanged`: the shop's server said so, or nothing in it differs. */
export const feedOutcomeSchema = z.object({
  at: z.int().meta({ description: 'ms since 1970' }),
  state: z.enum(['loaded', 'unchanged', 'held', 'failed']),
  error: z.string().optional(),
  report: loadReportSchema.optional(),
});
export type FeedOutcome = z.infer<typeof feedOutcomeSchema>;

/** A feed as it is told of. */
export const feedStateSchema = feedSchema.extend({
  name: z.string(),
  nextAt: z.int().meta({ description: 'When it is fetched next, ms since 1970.' }),
  last: feedOutcomeSchema.optional().meta({ description: 'What came of the last run.' }),
});
