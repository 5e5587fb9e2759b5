import { fnv1a } from '../hash.ts';

/** Counts by key: at most `k` keys, the others' counts in `other`. `counts` is sorted by key when written. */
export interface BoundedCounts {
  readonly counts: Map<string, number[]>;
  other: number;
}

/** A fresh, empty count. */
export function emptyCounts(): BoundedCounts {
  return { counts: new Map(), other: 0 };
}

/**
 * Adds one to `counts[key][column]`. Beyond `k` distinct keys those with the smallest hash stay (a bottom-k sample, Cohen and
 * Kaplan 2007) and the others' counts go to `other`. A key that left never returns, since the threshold only falls, so the
 * result depends on the set of additions and not on their order, and each kept count is exact.
 */
export function addBounded(target: BoundedCounts, key: string, column: number, columns: number, k: number): void {
  const row = target.counts.get(key);
  if (row) {
    row[column] = (row[column] ?? 0) + 1;
    return;
  }
  if (target.counts.size >= k) {
    const largest = largestOf(target.counts.keys());
    if (ranksAbove(key, largest)) {
      target.other += 1;
      return;
    }
    target.other += (target.counts.get(largest) ?? []).reduce((sum, n) => sum + n, 0);
    target.counts.delete(largest);
  }
  const fresh = new Array<number>(columns).fill(0);
  fresh[column] = 1;
  target.counts.set(key, fresh);
}

/**
 * Adds the counts of `from` to `target`, which keeps at most `k` keys. Equals adding, one by one, what was added to either: a key that
 * left one of them ranks above `k` others, so it leaves here as well.
 */
export function mergeBounded(target: BoundedCounts, from: BoundedCounts, k: number): void {
  target.other += from.other;
  for (const [key, row] of from.counts) {
    const there = target.counts.get(key);
    target.counts.set(key, there ? there.map((count, column) => count + (row[column] ?? 0)) : [...row]);
  }
  while (target.counts.size > k) {
    const largest = largestOf(target.counts.keys());
    target.other += (target.counts.get(largest) ?? []).reduce((sum, count) => sum + count, 0);
    target.counts.delete(largest);
  }
}

/** Whether `a` ranks above `b`: by hash, then by the key itself, so that no two keys tie. */
function ranksAbove(a: string, b: string): boolean {
  const difference = fnv1a(a) - fnv1a(b);
  return difference > 0 || (difference === 0 && a > b);
}

function largestOf(keys: Iterable<string>): string {
  let largest = '';
  for (const key of keys) if (largest === '' || ranksAbove(key, largest)) largest = key;
  return largest;
}
