import type { Item } from './item.ts';
import { wordsOf } from './words.ts';

/** What a likeness is made of: that the category, the brand, the words of the title, or the price are alike. */
const WEIGHTS = { category: 3, brand: 1, words: 3, price: 1 } as const;
/** Prices that differ by this factor are not alike at all. */
const PRICE_FACTOR = 4;

/**
 * Products by how alike they are to another, best first, none that is not at all: by what the catalogue says of them, for where no visitor
 * has said anything. Words weigh by how few of the products have them (TF-IDF with cosine, Salton and Buckley, 1988).
 */
export function relatedTo(item: Item, candidates: readonly Item[]): { readonly id: string; readonly score: number }[] {
  const titles = new Map([item, ...candidates].map((one) => [one.id, new Set(wordsOf(one.title))]));
  const held = new Map<string, number>();
  for (const words of titles.values()) for (const word of words) held.set(word, (held.get(word) ?? 0) + 1);
  const weightOf = (word: string) => Math.log((1 + titles.size) / (held.get(word) ?? 1)) ** 2;
  const norm = (words: ReadonlySet<string>) => Math.sqrt([...words].reduce((sum, word) => sum + weightOf(word), 0));
  const own = titles.get(item.id) ?? new Set();
  const ownNorm = norm(own);
  const total = WEIGHTS.category + WEIGHTS.brand + WEIGHTS.words + WEIGHTS.price;
  return candidates
    .filter(({ id, group }) => id !== item.id && (group === undefined || group !== item.group))
    .map((one) => {
      const words = titles.get(one.id) ?? new Set();
      const shared = [...words].filter((word) => own.has(word)).reduce((sum, word) => sum + weightOf(word), 0);
      const alike =
        WEIGHTS.category * categoryLikeness(item.category, one.category) +
        WEIGHTS.brand * (item.brand !== undefined && item.brand === one.brand ? 1 : 0) +
        WEIGHTS.words * (shared > 0 ? shared / (ownNorm * norm(words)) : 0);
      // A price alone makes nothing alike.
      return { id: one.id, score: alike > 0 ? (alike + WEIGHTS.price * priceLikeness(item, one)) / total : 0 };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
}

/** Categories may be paths, as `Clothes > Shirts > Linen`: they are as alike as the part of them that they share. */
function categoryLikeness(one: string | undefined, other: string | undefined): number {
  if (one === undefined || other === undefined) return 0;
  if (one === other) return 1;
  const [a, b] = [one, other].map((path) => path.split(/\s*[>/]\s*/));
  const shared = (a ?? []).findIndex((part, at) => part !== b?.[at]);
  return Math.max(0, shared) / Math.max(a?.length ?? 1, b?.length ?? 1);
}

function priceLikeness({ price: one }: Item, { price: other }: Item): number {
  if (!one || !other || one.currency !== other.currency || one.amount <= 0 || other.amount <= 0) return 0;
  return Math.max(0, 1 - Math.abs(Math.log(one.amount / other.amount)) / Math.log(PRICE_FACTOR));
}
