import { log } from '../../stores/log.ts';
import { readCurrent } from '../../stores/model/current-model.ts';
import { servingShards } from '../../stores/model/serving-shards.ts';
import { siteIds } from '../../stores/sites/site-ids.ts';
import { eachSite } from '../schedule/each-site.ts';
import type { JobRun } from '../schedule/job.ts';
import { publishModel } from './publish-model.ts';

/** Publishes each site whose index has changed, unless a rollback holds its model. */
export async function publishSites(env: Env, run: JobRun): Promise<void> {
  await eachSite(env, 'publish', await siteIds(env), run, async ({ site }) => {
    const shards = await servingShards(env, site);
    const changed = await Promise.all(shards.map((shard) => shard.hasChanged()));
    if (!changed.includes(true) || (await readCurrent(env, site))?.held) return;
    const published = await publishModel(env, site);
    log(
      'publish',
      published.ok ? { site, sessions: published.manifest.sessions } : { site, refused: published.refusals.join('; ') },
    );
  });
}
