import { z } from 'zod';
import { type FeedOutcome, feedOutcomeSchema } from '../../core/catalog/feed.ts';
import { MINUTE_MS } from '../../core/time.ts';

const rowSchema = z
  .object({
    site: z.string(),
    name: z.string(),
    url: z.string(),
    every_minutes: z.int(),
    next_at: z.int(),
    etag: z.string().nullable(),
    modified: z.string().nullable(),
    outcome: z
      .string()
      .nullable()
      .transform((text) => (text === null ? undefined : feedOutcomeSchema.parse(JSON.parse(text)))),
  })
  .transform(({ every_minutes: everyMinutes, next_at: nextAt, ...row }) => ({ ...row, everyMinutes, nextAt }));

/** A product feed of a site that is fetched by the clock. */
export type Feed = z.infer<typeof rowSchema>;

const COLUMNS = 'site, name, url, every_minutes, next_at, etag, modified, outcome';

/** The feeds of a site, by name. */
export async function listFeeds(env: Env, site: string): Promise<Feed[]> {
  const { results } = await env.DB.prepare(`SELECT ${COLUMNS} FROM catalog_feeds WHERE site = ? ORDER BY name`)
    .bind(site)
    .all();
  return results.map((row) => rowSchema.parse(row));
}

export async function findFeed(env: Env, site: string, name: string): Promise<Feed | undefined> {
  return (await listFeeds(env, site)).find((feed) => feed.name === name);
}

/** The feeds of all sites that are due at `now`, ms since 1970, those first that have waited longest. */
export async function dueFeeds(env: Env, now: number, limit: number): Promise<Feed[]> {
  const { results } = await env.DB.prepare(
    `SELECT ${COLUMNS} FROM catalog_feeds WHERE next_at <= ? ORDER BY next_at LIMIT ?`,
  )
    .bind(now, limit)
    .all();
  return results.map((row) => rowSchema.parse(row));
}

/** Makes a feed, or changes one, and makes it due: what the server said of another address says nothing of this one. */
export async function putFeed(
  env: Env,
  feed: Pick<Feed, 'site' | 'name' | 'url' | 'everyMinutes'>,
  now: number,
): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO catalog_feeds (site, name, url, every_minutes, next_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET every_minutes = excluded.every_minutes, next_at = excluded.next_at,
       etag = CASE WHEN url = excluded.url THEN etag END, modified = CASE WHEN url = excluded.url THEN modified END,
       url = excluded.url`,
  )
    .bind(feed.site, feed.name, feed.url, feed.everyMinutes, now)
    .run();
}

export async function deleteFeed(env: Env, site: string, name: string): Promise<void> {
  await env.DB.prepare('DELETE FROM catalog_feeds WHERE site = ? AND name = ?').bind(site, name).run();
}

/** Puts the next run off before this one begins, so that one that kills its run does not come again at once. */
export async function beginRun(env: Env, { site, name, everyMinutes }: Feed, now: number): Promise<void> {
  await env.DB.prepare('UPDATE catalog_feeds SET next_at = ? WHERE site = ? AND name = ?')
    .bind(now + everyMinutes * MINUTE_MS, site, name)
    .run();
}

/** Keeps what came of a run, and with `version` what the server said of what was taken, if the feed is still at that address. */
export async function endRun(
  env: Env,
  { site, name, url }: Feed,
  outcome: FeedOutcome,
  version?: { readonly etag: string | null; readonly modified: string | null },
): Promise<void> {
  const set = version ? 'outcome = ?4, etag = ?5, modified = ?6' : 'outcome = ?4';
  const values = version ? [version.etag, version.modified] : [];
  await env.DB.prepare(`UPDATE catalog_feeds SET ${set} WHERE site = ?1 AND name = ?2 AND url = ?3`)
    .bind(site, name, url, JSON.stringify(outcome), ...values)
    .run();
}
