import { siteNamespace } from '../../durable-objects/jurisdiction.ts';
import type { SessionIndex } from '../../durable-objects/session-index/session-index.ts';

/** A site's shards, in order. */
export function shardStubs(env: Env, site: string): DurableObjectStub<SessionIndex>[] {
  return Array.from({ length: Number(env.INDEX_SHARDS) }, (_, shard) => shardStub(env, site, shard));
}

/** One shard of a site; its name starts with the site, so that no site reaches another's. */
export function shardStub(env: Env, site: string, shard: number): DurableObjectStub<SessionIndex> {
  const namespace = siteNamespace(env.SESSION_INDEX, site);
  return namespace.get(namespace.idFromName(`${site}/${shard}`));
}
