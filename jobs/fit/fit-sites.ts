import { DAY_MS, HOUR_MS } from '../../core/time.ts';
import { eachSite } from '../schedule/each-site.ts';
import type { JobRun } from '../schedule/job.ts';
import { fitSite } from './fit-site.ts';

/** A site's ranker is fitted anew so often. */
const FIT_EACH_MS = DAY_MS;

/** A site that has too little to learn from is looked at again so often. */
const TRY_EACH_MS = HOUR_MS;

/** Goes on with the fits that were begun, and begins those that are due. */
export async function fitSites(env: Env, run: JobRun): Promise<void> {
  const { results } = await env.DB.prepare(
    `SELECT sites.id FROM sites LEFT JOIN ranker_fits ON ranker_fits.site = sites.id
       WHERE ranker_fits.site IS NULL OR ranker_fits.state IS NOT NULL OR ranker_fits.begun_at <= ?
         OR (ranker_fits.begun_at <= ? AND json_extract(outcome, '$.why') LIKE 'too_few%')`,
  )
    .bind(run.now - FIT_EACH_MS, run.now - TRY_EACH_MS)
    .all<{ id: string }>();
  const sites = results.map(({ id }) => id);
  await eachSite(env, 'fit', sites, run, async ({ site, deadline }) => {
    await fitSite(env, site, deadline);
  });
}
