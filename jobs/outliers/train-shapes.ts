import { log } from '../../stores/log.ts';
import { pulseStub } from '../../stores/pulse/pulse-stub.ts';
import { siteIds } from '../../stores/sites/site-ids.ts';
import { eachSite } from '../schedule/each-site.ts';
import type { JobRun } from '../schedule/job.ts';

/** Makes each site's models of how its events are shaped anew; one that does not hold is not used. */
export async function trainShapes(env: Env, run: JobRun): Promise<void> {
  await eachSite(env, 'outliers', await siteIds(env), run, async ({ site }) => {
    const made = await pulseStub(env, site).trainShapes(run.now);
    if (made.length > 0) log('shapes_trained', { site, types: made.join() });
  });
}
