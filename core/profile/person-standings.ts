import { z } from 'zod';
import { standingSchema } from './standing.ts';

/** How a person stands in all experiments at a moment; a later word on the same person replaces it. */
export const personStandingsSchema = z.object({
  /** Names the person's home: the start of the SHA-256 of `<site>/<ledger>`, hex. */
  person: z.string(),
  /** ms since 1970; later for each word of one home. */
  at: z.number(),
  standings: z.array(standingSchema),
  /** Whether he is in no other experiment than these: after a link, its end, or an erasure. */
  complete: z.boolean(),
});
export type PersonStandings = z.infer<typeof personStandingsSchema>;

/** Characters of the hash that names a person. */
export const PERSON_LENGTH = 16;

/** The later of two words on each person; a complete one stays complete. */
export function latestWords(words: Iterable<PersonStandings>): Map<string, PersonStandings> {
  const latest = new Map<string, PersonStandings>();
  for (const word of words) {
    const before = latest.get(word.person);
    if (!before) latest.set(word.person, word);
    else {
      const newer = word.at >= before.at ? word : before;
      latest.set(word.person, { ...newer, complete: before.complete || word.complete });
    }
  }
  return latest;
}
