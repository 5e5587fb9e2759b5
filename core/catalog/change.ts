import { type Item, itemSchema, MAX_ITEM_LENGTH } from './item.ts';

/** What is to be done with one product. */
export type ItemChange =
  | { readonly kind: 'put'; readonly item: Item }
  /** Members that are set, and names of those that go. */
  | {
      readonly kind: 'patch';
      readonly id: string;
      readonly set: Partial<Item>;
      readonly clear: readonly (keyof Item)[];
    }
  | { readonly kind: 'delete'; readonly id: string };

/** What became of a change: `same` if nothing differs from what is there. */
export type ChangeOutcome = 'changed' | 'same' | { readonly fault: string };

/** The product after a change, null when it is gone, or why it cannot be made. */
export function afterChange(known: Item | undefined, change: ItemChange): Item | null | { readonly fault: string } {
  if (change.kind === 'delete') return null;
  if (change.kind === 'put') return checked(change.item);
  if (!known) return { fault: `there is no product "${change.id}" to change: send it whole` };
  const next: Record<string, unknown> = { ...known, ...change.set };
  for (const name of change.clear) delete next[name];
  if (change.set.attributes && known.attributes) next.attributes = { ...known.attributes, ...change.set.attributes };
  return checked(next);
}

function checked(item: unknown): Item | { readonly fault: string } {
  const parsed = itemSchema.safeParse(item);
  if (!parsed.success) {
    const issues = parsed.error.issues.slice(0, 3);
    return { fault: issues.map(({ path, message }) => `${path.join('.') || 'product'}: ${message}`).join('; ') };
  }
  const { length } = JSON.stringify(parsed.data);
  if (length > MAX_ITEM_LENGTH) return { fault: `the product has ${length} characters as JSON, of ${MAX_ITEM_LENGTH}` };
  return parsed.data;
}
