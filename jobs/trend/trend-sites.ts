import { servingShards } from '../../stores/model/serving-shards.ts';
import { siteIds } from '../../stores/sites/site-ids.ts';
import { eachSite } from '../schedule/each-site.ts';
import type { JobRun } from '../schedule/job.ts';
import { trendSite } from './trend-site.ts';

/** Lists what is popular in each category, of all sites. */
export async function trendSites(env: Env, run: JobRun): Promise<void> {
  await eachSite(env, 'trend', await siteIds(env), run, async ({ site }) =>
    trendSite(env, site, await servingShards(env, site)),
  );
}
