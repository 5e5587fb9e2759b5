import { z } from 'zod';

/** Why a candidate is not shown. */
const removalSchema = z.object({
  item: z.string(),
  by: z.string().meta({
    description:
      '`unavailable` (or not in the catalogue), `variant` (another of its group stands there), `page`, `seen`, `bought`, `filter` of the slot, or `rule: …`.',
  }),
});

/** How a slot came to show what it shows. */
export const explanationSchema = z.object({
  strategies: z.array(z.string()),
  rungs: z.array(z.object({ kind: z.string(), candidates: z.int(), error: z.string().optional() })),
  rules: z.array(
    z.object({
      rule: z.string(),
      holds: z.boolean(),
      why: z.string(),
      error: z.string().optional().meta({ description: 'What its condition could not tell.' }),
    }),
  ),
  items: z.array(
    z.object({
      item: z.string(),
      reason: z.string(),
      score: z.number(),
      weight: z.number().meta({ description: 'By its place among the candidates, times the factor of the rules.' }),
      rules: z.array(z.string()),
    }),
  ),
  removed: z.array(removalSchema),
});
export type Explanation = z.infer<typeof explanationSchema>;

/** Removals that an explanation names. */
const MAX_REMOVED = 200;

/** What is noted on the way of a decision, for who asks why. */
export class Trace {
  readonly rungs: Explanation['rungs'] = [];
  private readonly removals = new Map<string, string>();

  removed(item: string, by: string): void {
    if (this.removals.size < MAX_REMOVED && !this.removals.has(item)) this.removals.set(item, by);
  }

  removedItems(shown: ReadonlySet<string>): Explanation['removed'] {
    return [...this.removals].flatMap(([item, by]) => (shown.has(item) ? [] : [{ item, by }]));
  }
}
