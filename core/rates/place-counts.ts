import { z } from 'zod';

/** Places of a slot that are told apart: as many as a slot can have. */
export const PLACES = 50;

/** What became of a product in a slot: by place, from the first on, how often it was seen and clicked there; and how often it was bought after a click. */
export interface PlaceCounts {
  readonly seen: number[];
  readonly clicked: number[];
  ordered: number;
}

/** By slot, by product. */
export type SlotCounts = Map<string, Map<string, PlaceCounts>>;

/** The counts of a product in a slot, made when they are missing. */
export function countsOf(counts: SlotCounts, slot: string, item: string): PlaceCounts {
  const items = counts.get(slot) ?? new Map<string, PlaceCounts>();
  if (!counts.has(slot)) counts.set(slot, items);
  const there = items.get(item) ?? { seen: [], clicked: [], ordered: 0 };
  if (!items.has(item)) items.set(item, there);
  return there;
}

/** How many products of how many slots there are counts of. */
export function pairsOf(counts: SlotCounts): number {
  let pairs = 0;
  for (const items of counts.values()) pairs += items.size;
  return pairs;
}

export function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

/** Adds `factor` times what was counted elsewhere, in place. */
export function addCounts(into: SlotCounts, from: SlotCounts, factor = 1): void {
  for (const [slot, items] of from)
    for (const [item, { seen, clicked, ordered }] of items) {
      const there = countsOf(into, slot, item);
      for (const [at, count] of seen.entries()) there.seen[at] = (there.seen[at] ?? 0) + count * factor;
      for (const [at, count] of clicked.entries()) there.clicked[at] = (there.clicked[at] ?? 0) + count * factor;
      there.ordered += ordered * factor;
    }
}

/** What was counted of the `most` products and slots that were seen most. */
export function mostSeen(counts: SlotCounts, most: number): SlotCounts {
  if (pairsOf(counts) <= most) return counts;
  const all = [...counts].flatMap(([slot, items]) =>
    [...items].map(([item, of]) => ({ slot, item, of, seen: sumOf(of.seen) })),
  );
  all.sort((a, b) => b.seen - a.seen);
  const kept: SlotCounts = new Map();
  for (const { slot, item, of } of all.slice(0, most)) Object.assign(countsOf(kept, slot, item), of);
  return kept;
}

const numbersSchema = z.array(z.number().nonnegative().nullable()).max(PLACES);

/** Counts as JSON: by slot, by product: seen by place, clicked by place, bought. */
export const storedCountsSchema = z.object({
  v: z.literal(1),
  slots: z.record(z.string(), z.record(z.string(), z.tuple([numbersSchema, numbersSchema, z.number().nonnegative()]))),
});
export type StoredCounts = z.infer<typeof storedCountsSchema>;

const rounded = (numbers: readonly number[]) => Array.from(numbers, (number = 0) => Math.round(number * 1_000) / 1_000);

export function storeCounts(counts: SlotCounts): StoredCounts {
  const slots = [...counts].map(([slot, items]) => {
    const stored = [...items].map(([item, { seen, clicked, ordered }]) => [
      item,
      [rounded(seen), rounded(clicked), ...rounded([ordered])],
    ]);
    return [slot, Object.fromEntries(stored)];
  });
  return { v: 1, slots: Object.fromEntries(slots) };
}

export function restoreCounts({ slots }: StoredCounts): SlotCounts {
  const counts: SlotCounts = new Map();
  for (const [slot, items] of Object.entries(slots))
    for (const [item, [seen, clicked, ordered]] of Object.entries(items)) {
      const filled = (numbers: readonly (number | null)[]) => numbers.map((number) => number ?? 0);
      Object.assign(countsOf(counts, slot, item), { seen: filled(seen), clicked: filled(clicked), ordered });
    }
  return counts;
}
