import { z } from 'zod';
import { fnv1a } from '../hash.ts';
import type { Partner, Together } from './count-pairs.ts';

/** Partners that a block holds, about: some 100 KB of JSON. */
const BLOCK_PARTNERS = 2_000;
const MAX_BLOCKS = 4_096;

const partnerSchema = z.tuple([z.string(), z.int(), z.number()]);
const blockSchema = z.object({
  v: z.literal(1),
  items: z.array(z.tuple([z.string(), z.array(partnerSchema)])),
});

/** What serves: where the blocks are. */
export const togetherSchema = z.object({
  v: z.literal(1),
  /** ms since 1970 */
  countedAt: z.int(),
  orders: z.int(),
  items: z.int(),
  /** R2 keys, named by content; a product's block is the one of its hash. */
  blocks: z.array(z.string()).min(1),
  /** Keys of the blocks before, which isolates may still read. */
  before: z.array(z.string()),
});
export type TogetherManifest = z.infer<typeof togetherSchema>;

/** Which of so many blocks a product's partners are in. */
export function blockOf(item: string, blocks: number): number {
  return fnv1a(item) % blocks;
}

/** What is bought together as blocks of JSON; equal counts give equal texts. */
export function encodeTogether(together: Together): string[] {
  const partners = [...together.values()].reduce((sum, list) => sum + list.length, 0);
  let blocks = 1;
  while (partners / blocks > BLOCK_PARTNERS && blocks < MAX_BLOCKS) blocks *= 2;
  const items = Array.from({ length: blocks }, (): z.infer<typeof blockSchema>['items'] => []);
  for (const [item, list] of [...together].sort(([a], [b]) => (a < b ? -1 : 1)))
    items[blockOf(item, blocks)]?.push([
      item,
      list.map((partner) => [partner.item, partner.buyers, Math.round(partner.score * 1e4) / 1e4]),
    ]);
  return items.map((of) => JSON.stringify({ v: 1, items: of } satisfies z.infer<typeof blockSchema>));
}

/** Reads a block. Throws when it was written by something else. */
export function decodeBlock(text: string): Map<string, Partner[]> {
  const { items } = blockSchema.parse(JSON.parse(text));
  return new Map(
    items.map(([item, list]) => [item, list.map(([partner, buyers, score]) => ({ item: partner, buyers, score }))]),
  );
}
