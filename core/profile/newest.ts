/** Something with a time and a key that breaks ties: what "newest" is decided by. */
export interface Timed {
  /** ms since 1970 */
  readonly time: number;
  readonly key: string;
}

/** Newest first; equal times by key, so that the order is total. */
export function byNewest(a: Timed, b: Timed): number {
  return b.time - a.time || (a.key < b.key ? 1 : a.key > b.key ? -1 : 0);
}

/** Something that was said, by the shop's server or by somebody who may be anybody. */
export interface Said extends Timed {
  /** Whether the secret key or a proof stands behind it. */
  readonly vouched?: true | undefined;
}

/** What holds first: the word of the shop's server before any other, then the newest. Total, as `byNewest`. */
export function byWord(a: Said, b: Said): number {
  return Number(b.vouched ?? false) - Number(a.vouched ?? false) || byNewest(a, b);
}

/**
 * Inserts into a list that keeps the `cap` newest, sorted newest first. The result is the top of the set of all that was ever
 * inserted, whatever the order. Something already there (same time and key) is not inserted twice.
 */
export function insertNewest<T extends Timed>(list: T[], entry: T, cap: number): void {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const there = list[middle];
    if (there && byNewest(there, entry) < 0) low = middle + 1;
    else high = middle;
  }
  if (low >= cap) return;
  const there = list[low];
  if (there && byNewest(there, entry) === 0) return;
  list.splice(low, 0, entry);
  if (list.length > cap) list.length = cap;
}
