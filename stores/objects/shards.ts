import { siteNamespace } from './jurisdiction.ts';

/** What calls a shard's object. */
export type ShardStub = ReturnType<Env['SESSION_INDEX']['get']>;

/** A site's shards, in order. */
export function shardStubs(env: Env, site: string): ShardStub[] {
  return Array.from({ length: Number(env.INDEX_SHARDS) }, (_, shard) => shardStub(env, site, shard));
}

/** One shard of a site; its name starts with the site, so that no site reaches another's. */
export function shardStub(env: Env, site: string, shard: number): ShardStub {
  const namespace = siteNamespace(env.SESSION_INDEX, site);
  return namespace.get(namespace.idFromName(`${site}/${shard}`));
}
