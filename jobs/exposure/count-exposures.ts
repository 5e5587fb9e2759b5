import { DAY_MS, HOUR_MS } from '../../core/time.ts';
import { sitesWithout } from '../../stores/model/exposure-days.ts';
import { eachSite } from '../schedule/each-site.ts';
import type { JobRun } from '../schedule/job.ts';
import { countExposure } from './count-exposure.ts';

/** By so long after a day's end its hours are compacted. */
const SETTLED_MS = 2 * HOUR_MS;

/** Counts the day that is over, of the sites of which it is not counted yet. */
export async function countExposures(env: Env, run: JobRun): Promise<void> {
  const day = Math.floor((run.now - SETTLED_MS) / DAY_MS) - 1;
  await eachSite(env, 'exposure', await sitesWithout(env, day), run, ({ site }) => countExposure(env, site, day));
}
