import { HOUR_MS, MINUTE_MS } from '../../core/time.ts';
import { eachSite } from '../schedule/each-site.ts';
import type { JobRun } from '../schedule/job.ts';
import { applyErasures } from './apply-erasures.ts';
import { compactSite } from './compact-site.ts';
import { sweepFiles } from './sweep-lake.ts';

/** Time after an hour's end before it is compacted: consumers have written what they were at. */
const SETTLED_MS = 5 * MINUTE_MS;

/** Compacts the hours of arrival that are over, of the sites where one is: what is not done in one run is done by the next, a minute later. */
export async function compactSites(env: Env, run: JobRun): Promise<void> {
  const hour = Math.floor((run.now - SETTLED_MS) / HOUR_MS);
  const { results } = await env.DB.prepare(
    'SELECT id FROM sites LEFT JOIN lake_progress ON site = id WHERE hour IS NULL OR hour < ?',
  )
    .bind(hour)
    .all<{ id: string }>();
  const due = results.map(({ id }) => id);
  await eachSite(env, 'compact', due, run, async ({ site, deadline }) => {
    const { done } = await compactSite(env, site, hour, deadline);
    if (!done || !(await applyErasures(env, site, deadline))) return;
    await sweepFiles(env, site, false, run.now);
    await env.DB.prepare('INSERT OR REPLACE INTO lake_progress (site, hour) VALUES (?, ?)').bind(site, hour).run();
  });
}
