import { z } from 'zod';

/** How widely the slots of a site have shown its catalogue on a day. */
export const exposureSchema = z.object({
  shown: z.int().meta({ description: 'Times that a product was seen in a slot.' }),
  items: z.int().meta({ description: 'Products that were.' }),
  catalogue: z.int().meta({ description: 'Products that may be shown, when the day was counted.' }),
  coverage: z.number().meta({ description: 'Share of them that were seen.' }),
  gini: z.number().meta({ description: '0: all of the catalogue as often; 1: one product alone.' }),
  effective: z.number().meta({
    description:
      'Products that would be as varied if all were seen as often: the exponential of the entropy of what was seen.',
  }),
});
export type Exposure = z.infer<typeof exposureSchema>;

/**
 * Coverage, Gini coefficient (over the whole catalogue, products that nobody saw included) and effective number of products (Hill number of order 1;
 * M. O. Hill, "Diversity and evenness", 1973) of what was shown.
 *
 * @param counts how often each product was seen.
 * @param catalogue products that may be shown.
 */
export function exposureOf(counts: ReadonlyMap<string, number>, catalogue: number): Exposure {
  const sorted = [...counts.values()].filter((count) => count > 0).sort((a, b) => a - b);
  const shown = sorted.reduce((sum, count) => sum + count, 0);
  const all = Math.max(catalogue, sorted.length);
  const unseen = all - sorted.length;
  let weighed = 0;
  let entropy = 0;
  for (const [at, count] of sorted.entries()) {
    weighed += (unseen + at + 1) * count;
    entropy -= (count / shown) * Math.log(count / shown);
  }
  return {
    shown,
    items: sorted.length,
    catalogue,
    coverage: all === 0 ? 0 : sorted.length / all,
    gini: shown === 0 ? 0 : Math.max(0, (2 * weighed) / (all * shown) - (all + 1) / all),
    effective: shown === 0 ? 0 : Math.exp(entropy),
  };
}

/** A day with its exposure; days since 1970. */
export interface ExposureDay extends Exposure {
  readonly day: number;
}

/** The days that are looked at, those before that they are held against, and the fewest of those. */
const RECENT_DAYS = 3;
const USUAL_DAYS = 21;
const LEAST_USUAL_DAYS = 7;
/** A day on which less was shown says little of how varied it was. */
const LEAST_SHOWN = 500;
/** What is shown has become narrow when so much less of it is varied. */
const NARROW = 0.5;

/**
 * Whether what is shown has become much narrower: on each of the last three days less than half as many effective products as on the median day of the
 * three weeks before. A recommender that learns from what it has shown itself comes to that: what is shown is clicked, what is clicked is shown.
 *
 * @param days in any order; days on which little was shown are left out.
 */
export function isNarrowing(days: readonly ExposureDay[]): boolean {
  const told = days.filter(({ shown }) => shown >= LEAST_SHOWN).sort((a, b) => b.day - a.day);
  const recent = told.slice(0, RECENT_DAYS);
  const newest = recent[0]?.day ?? 0;
  const usual = told.slice(RECENT_DAYS).filter(({ day }) => day > newest - RECENT_DAYS - USUAL_DAYS);
  if (recent.length < RECENT_DAYS || usual.length < LEAST_USUAL_DAYS) return false;
  const effective = usual.map((day) => day.effective).sort((a, b) => a - b);
  const median = effective[Math.floor(effective.length / 2)] ?? 0;
  return recent.every((day) => day.effective < median * NARROW);
}
