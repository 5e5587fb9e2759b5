import { HOUR_MS } from '../../core/time.ts';
import { eachSite } from '../schedule/each-site.ts';
import type { JobRun } from '../schedule/job.ts';
import { reconcileSite } from './reconcile-site.ts';

/** Reconciles the sites that were not in this hour; what does not fit in one run is done by the next. */
export async function reconcileSites(env: Env, run: JobRun): Promise<void> {
  const hourStart = Math.floor(run.now / HOUR_MS) * HOUR_MS;
  const { results } = await env.DB.prepare(
    `SELECT id FROM sites LEFT JOIN (SELECT site, MAX(at) AS at FROM reconciliations GROUP BY site) ON site = id
     WHERE at IS NULL OR at < ?`,
  )
    .bind(hourStart)
    .all<{ id: string }>();
  const due = results.map(({ id }) => id);
  await eachSite(env, 'reconcile', due, run, async ({ site, deadline }) => {
    await reconcileSite(env, site, { deep: false, deadline, random: Math.random });
  });
}
