import { MINUTE_MS } from '../../core/time.ts';
import { sitesToFill } from '../../stores/config/history-fill.ts';
import { eachSite } from '../schedule/each-site.ts';
import type { JobRun } from '../schedule/job.ts';
import { backfillSite } from './backfill-site.ts';

/** So long after an attribute is in force, who counted without it has written into the lake what he was at. */
const SETTLED_MS = MINUTE_MS;

/** Fills in the history of attributes that were defined after it: what is not done in one run is done by the next. */
export async function backfillSites(env: Env, run: JobRun): Promise<void> {
  const inForceAt = Date.now() - SETTLED_MS;
  const sites = await sitesToFill(env, inForceAt);
  await eachSite(env, 'backfill', sites, run, ({ site, deadline }) => backfillSite(env, site, inForceAt, deadline));
}
