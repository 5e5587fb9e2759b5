import type { ShardStub } from '../objects/shards.ts';

/** When all sessions of a site ended, seconds since 1970, oldest first. */
export async function sessionEnds(shards: readonly ShardStub[]): Promise<Uint32Array> {
  const ends = await Promise.all(shards.map((shard) => shard.ends()));
  const all = new Uint32Array(ends.reduce((sum, { length }) => sum + length, 0));
  let from = 0;
  for (const part of ends) {
    all.set(part, from);
    from += part.length;
  }
  return all.sort();
}
