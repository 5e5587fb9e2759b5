import { siteNamespace } from './jurisdiction.ts';

/** What calls a shard's object. */
export type ShardStub = ReturnType<Env['SESSION_INDEX']['get']>;

/** One build of a site's index: when it was begun, ms since 1970, or 0 or 1 for the first; and into how many shards it is cut. */
export interface Generation {
  readonly generation: number;
  readonly shards: number;
}

/** The shards of a generation, in order. */
export function shardStubs(env: Env, site: string, index: Generation): ShardStub[] {
  return Array.from({ length: index.shards }, (_, shard) => shardStub(env, site, index, shard));
}

/** One shard; its name starts with the site, so that no site reaches another's. */
export function shardStub(env: Env, site: string, index: Generation, shard: number): ShardStub {
  const namespace = siteNamespace(env.SESSION_INDEX, site);
  return namespace.get(namespace.idFromName(shardName(site, index, shard)));
}

function shardName(site: string, { generation, shards }: Generation, shard: number): string {
  return generation === 0 ? `${site}/${shard}` : `${site}/${shard}/${generation}/${shards}`;
}

/** The parts of a shard's name; generation 0 is of the time when all sites had as many shards as `INDEX_SHARDS` says. */
export function readShardName(env: Env, name: string): Generation & { readonly site: string; readonly shard: number } {
  const [site = '', shard, generation = '0', shards = env.INDEX_SHARDS] = name.split('/');
  return { site, shard: Number(shard), generation: Number(generation), shards: Number(shards) };
}
