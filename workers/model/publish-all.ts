import { log } from '../http/log.ts';
import { readCurrent } from './current-model.ts';
import { publishModel } from './publish-model.ts';
import { shardStubs } from './shards.ts';

/** The cron's part: publishes each site whose index has changed, unless a rollback holds its model. One site's error stops no other. */
export async function publishAll(env: Env): Promise<void> {
  const { results } = await env.DB.prepare('SELECT id FROM sites').all<{ id: string }>();
  for (const { id } of results) {
    try {
      const changed = await Promise.all(shardStubs(env, id).map((shard) => shard.hasChanged()));
      if (!changed.includes(true) || (await readCurrent(env, id))?.held) continue;
      const published = await publishModel(env, id);
      log(
        'publish',
        published.ok
          ? { site: id, sessions: published.manifest.sessions }
          : { site: id, refused: published.refusals.join('; ') },
      );
    } catch (error) {
      log('publish_failed', { site: id, error: String(error) });
    }
  }
}
