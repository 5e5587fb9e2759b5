import { z } from 'zod';
import { fnv1a } from '../hash.ts';

/** A product of a list. */
export interface Listed {
  readonly item: string;
  /** Greater is better. */
  readonly score: number;
}

/** Lists of products, best first, by what they belong to: a product, a category. */
export type KeyedLists = ReadonlyMap<string, readonly Listed[]>;

/** Products that a block holds, about: some 100 KB of JSON. */
const BLOCK_PRODUCTS = 2_000;
const MAX_BLOCKS = 4_096;
/** Decimals of a score. */
const SCALE = 1e4;

const blockSchema = z.object({
  v: z.literal(1),
  lists: z.array(z.tuple([z.string(), z.array(z.tuple([z.string(), z.number()]))])),
});

/** What serves: where the blocks are. */
export const listsManifestSchema = z.object({
  v: z.literal(1),
  /** ms since 1970 */
  madeAt: z.int(),
  lists: z.int(),
  /** R2 keys, named by content; a list's block is the one of its key's hash. */
  blocks: z.array(z.string()).min(1),
  /** Keys of the blocks before, which isolates may still read. */
  before: z.array(z.string()),
});
export type ListsManifest = z.infer<typeof listsManifestSchema>;

/** Which of so many blocks a list is in. */
export function blockOf(key: string, blocks: number): number {
  return fnv1a(key) % blocks;
}

/** Lists as blocks of JSON; equal lists give equal texts. */
export function encodeLists(lists: KeyedLists): string[] {
  const products = [...lists.values()].reduce((sum, list) => sum + list.length, 0);
  let blocks = 1;
  while (products / blocks > BLOCK_PRODUCTS && blocks < MAX_BLOCKS) blocks *= 2;
  const held = Array.from({ length: blocks }, (): z.infer<typeof blockSchema>['lists'] => []);
  const rounded = (value: number) => Math.round(value * SCALE) / SCALE;
  for (const [key, list] of [...lists].sort(([a], [b]) => (a < b ? -1 : 1)))
    held[blockOf(key, blocks)]?.push([key, list.map(({ item, score }) => [item, rounded(score)])]);
  return held.map((of) => JSON.stringify({ v: 1, lists: of } satisfies z.infer<typeof blockSchema>));
}

/** Reads a block. Throws when it was written by something else. */
export function decodeLists(text: string): Map<string, Listed[]> {
  const { lists } = blockSchema.parse(JSON.parse(text));
  return new Map(lists.map(([key, list]) => [key, list.map(([item, score]) => ({ item, score }))]));
}
