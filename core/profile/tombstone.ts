/** What is left of a ledger that was erased. */
export interface Tombstone {
  /** ms since 1970 */
  readonly erasedAt: number;
  /** The version of the site's links under which it was erased: what was sent under that or an older one is of before. */
  readonly assignment: number;
  /** What becomes of events of a later time: dropped, or the start of a new profile. */
  readonly later: 'drop' | 'anew';
}

/** Whether an event of this time (ms since 1970) belongs to what was erased, or may not begin anew. */
export function isErased(tombstone: Tombstone | undefined, time: number): boolean {
  return tombstone !== undefined && (tombstone.later === 'drop' || time <= tombstone.erasedAt);
}

/** The tombstone after another erasure: the later one of the two. */
export function laterTombstone(held: Tombstone | undefined, incoming: Tombstone): Tombstone {
  return held && held.assignment >= incoming.assignment ? held : incoming;
}
