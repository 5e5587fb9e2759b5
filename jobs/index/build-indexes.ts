import { eachSite } from '../schedule/each-site.ts';
import type { JobRun } from '../schedule/job.ts';
import { dropRetired, goOn } from './build-index.ts';

/** Goes on with the indexes that are being built, and drops what serves no more. */
export async function buildIndexes(env: Env, run: JobRun): Promise<void> {
  const { results } = await env.DB.prepare(
    "SELECT site FROM session_indexes WHERE build IS NOT NULL OR retired <> '[]'",
  ).all<{ site: string }>();
  const sites = results.map(({ site }) => site);
  await eachSite(env, 'index', sites, run, async ({ site, deadline }) => {
    await goOn(env, site, deadline);
    await dropRetired(env, site, Date.now());
  });
}
