import { fnv1a } from '../hash.ts';
import type { SessionUpdate } from './session-update.ts';

/** The block, among `blocks`, that holds an item's list. */
export function blockNumber(item: string, blocks: number): number {
  return fnv1a(item) % blocks;
}

/** Splits lists by block. */
export function groupIntoBlocks(
  lists: ReadonlyMap<string, readonly SessionUpdate[]>,
  blocks: number,
): Map<string, readonly SessionUpdate[]>[] {
  const groups = Array.from({ length: blocks }, () => new Map<string, readonly SessionUpdate[]>());
  for (const [item, list] of lists) groups[blockNumber(item, blocks)]?.set(item, list);
  return groups;
}
