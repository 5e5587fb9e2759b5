import { type ShardStub, shardStubs } from '../objects/shards.ts';
import { fedGenerations, readIndex } from './index-row.ts';

/** The shards of a site's index that serves: what models are made of. */
export async function servingShards(env: Env, site: string): Promise<ShardStub[]> {
  return shardStubs(env, site, await readIndex(env, site));
}

/** All shards that hold sessions of a site: those that serve first, then those that are being built or are not dropped yet. */
export async function allShards(
  env: Env,
  site: string,
): Promise<{ readonly serving: ShardStub[]; readonly others: ShardStub[] }> {
  const index = await readIndex(env, site);
  const [serving = index, ...others] = [...fedGenerations(index), ...index.retired];
  return { serving: shardStubs(env, site, serving), others: others.flatMap((other) => shardStubs(env, site, other)) };
}
