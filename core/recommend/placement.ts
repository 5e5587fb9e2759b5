import { fnv1a } from '../hash.ts';

/** How a model is cut: into shards, each an object that holds the index of its items, and each shard into blocks. */
export interface Placement {
  readonly shards: number;
  /** Blocks of each shard. */
  readonly blocks: number;
}

/** The shard that holds an item's list. */
export function shardOf(item: string, shards: number): number {
  return fnv1a(item) % shards;
}

/** The shard, and the block of that shard, that hold an item's list. */
export function placeOf(
  item: string,
  { shards, blocks }: Placement,
): { readonly shard: number; readonly block: number } {
  const hash = fnv1a(item);
  return { shard: hash % shards, block: Math.floor(hash / shards) % blocks };
}

/** Splits one shard's lists by block. */
export function groupIntoBlocks<T>(lists: ReadonlyMap<string, T>, placement: Placement): Map<string, T>[] {
  const groups = Array.from({ length: placement.blocks }, () => new Map<string, T>());
  for (const [item, list] of lists) groups[placeOf(item, placement).block]?.set(item, list);
  return groups;
}
