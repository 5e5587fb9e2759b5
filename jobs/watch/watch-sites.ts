import { pulseStub } from '../../stores/pulse/pulse-stub.ts';
import { siteIds } from '../../stores/sites/site-ids.ts';
import { eachSite } from '../schedule/each-site.ts';
import type { JobRun } from '../schedule/job.ts';
import { siteMetrics } from './site-metrics.ts';

/** Looks at the rules of every site, as Prometheus would where there is one: what begins to hold, or holds no more, goes to the site's webhooks. */
export async function watchSites(env: Env, run: JobRun): Promise<void> {
  await eachSite(env, 'watch', await siteIds(env), run, async ({ site }) => {
    const page = await siteMetrics(env, site);
    await pulseStub(env, site).lookAt({ v: 1, site, now: run.now, gauges: page.gauges() });
  });
}
