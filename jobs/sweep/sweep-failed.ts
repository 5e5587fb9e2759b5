import { z } from 'zod';
import { siteSettingsSchema } from '../../core/sites/settings.ts';
import { DAY_MS } from '../../core/time.ts';
import { forgetFailed } from '../../stores/failed-events/forget-failed.ts';
import { chunked } from '../../stores/statements.ts';
import { eachSite } from '../schedule/each-site.ts';
import type { JobRun } from '../schedule/job.ts';

/** Failed events that one site's turn forgets; the rest goes with the next ones. */
const PER_TURN = 5_000;
const AT_ONCE = 500;

const siteSchema = z.object({ site: z.string(), settings: z.string().nullable() });
const rowSchema = z.object({ time: z.int(), id: z.string(), place: z.string() });

/** What was accepted and not delivered: it may come back, so it is never forgotten by the clock. */
const UNDELIVERED = "('dead_letter', 'unreadable_message')";

/**
 * Forgets failed events that are older than their site keeps them, and the oldest of those that are too many; but for dead letters, which were
 * accepted.
 */
export async function sweepFailed(env: Env, run: JobRun): Promise<void> {
  const { results } = await env.DB.prepare(
    'SELECT failed.site, settings FROM (SELECT DISTINCT site FROM failed_events) AS failed LEFT JOIN sites ON sites.id = failed.site',
  ).all();
  const settings = new Map(
    z
      .array(siteSchema)
      .parse(results)
      .map((row) => [row.site, row.settings]),
  );
  await eachSite(env, 'sweep-failed', [...settings.keys()], run, async ({ site, deadline }) => {
    const { days, most } = siteSettingsSchema.parse(JSON.parse(settings.get(site) ?? '{}')).failedEvents;
    const { results: due } = await env.DB.prepare(
      `SELECT time, id, payload AS place FROM failed_events WHERE site = ?1 AND reason NOT IN ${UNDELIVERED} AND time < MAX(?2, COALESCE(
         (SELECT time FROM failed_events WHERE site = ?1 AND reason NOT IN ${UNDELIVERED} ORDER BY time DESC, id DESC LIMIT 1 OFFSET ?3), 0))
       ORDER BY time, id LIMIT ?4`,
    )
      .bind(site, run.now - days * DAY_MS, most - 1, PER_TURN)
      .all();
    for (const some of chunked(z.array(rowSchema).parse(due), AT_ONCE)) {
      if (Date.now() >= deadline) return;
      await forgetFailed(env, site, some);
    }
  });
}
