import { z } from 'zod';

const rowSchema = z.object({
  subject: z.string(),
  version: z.int(),
  path: z.string(),
  events: z.int(),
  message: z.string(),
  firstDay: z.int(),
  lastDay: z.int(),
});

/** Events that a door which only watches would have refused, by subject, version and place of the fault, most first. Days since 1970. */
export async function readWatched(
  env: Env,
  site: string,
  {
    subject,
    sinceDay,
    limit,
  }: { readonly subject?: string | undefined; readonly sinceDay: number; readonly limit: number },
): Promise<z.infer<typeof rowSchema>[]> {
  const { results } = await env.DB.prepare(
    `SELECT subject, version, path, SUM(events) AS events, MAX(message) AS message, MIN(day) AS firstDay, MAX(day) AS lastDay
       FROM schema_watched WHERE site = ?1 AND (?2 IS NULL OR subject = ?2) AND day >= ?3
       GROUP BY subject, version, path ORDER BY events DESC, subject, version, path LIMIT ?4`,
  )
    .bind(site, subject ?? null, sinceDay, limit)
    .all();
  return z.array(rowSchema).parse(results);
}
