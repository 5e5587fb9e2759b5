import type { Ledger } from './ledger.ts';

/**
 * How a ledger and its person's home agree, by two counters: the version of the ledger's assignment, which grows with each change of
 * the site's links, and the number of its snapshot, which grows with each batch counted. Both sides keep the highest they heard, so
 * messages may come late, twice or in any order.
 */

/** To whom a ledger belongs, as the ledger knows it. */
export interface Assignment {
  /** The ledger that is the person's home; the ledger itself when it is linked to nobody. */
  readonly person: Ledger;
  readonly version: number;
  /** Former homes that may still hold a snapshot. */
  readonly leaving: readonly Ledger[];
}

/** A ledger's state on its way to the person's home. */
export interface Snapshot {
  readonly ledger: Ledger;
  readonly assignment: number;
  readonly number: number;
  /** The encoded state. */
  readonly state: string;
  /** What attributes and segments need of the ledger, encoded. */
  readonly shared?: string | undefined;
}

/** What a home holds of a linked ledger; without a state it has been taken out. */
export interface LinkedLedger {
  readonly ledger: Ledger;
  readonly assignment: number;
  readonly number: number;
  readonly state: string | null;
  readonly shared?: string | null | undefined;
}

/** The assignment after hearing of another one, or nothing when it is old news. */
export function reassign(
  self: Ledger,
  current: Assignment | undefined,
  incoming: { readonly person: Ledger; readonly version: number },
): Assignment | undefined {
  if (current && incoming.version <= current.version) return undefined;
  const left = [...(current?.leaving ?? []), ...(current ? [current.person] : [])];
  const leaving = [...new Set(left)].filter((home) => home !== incoming.person && home !== self);
  return { ...incoming, leaving };
}

/** What a home holds after a snapshot came, or nothing when it holds a newer one. */
export function acceptSnapshot(held: LinkedLedger | undefined, snapshot: Snapshot): LinkedLedger | undefined {
  if (held && snapshot.assignment < held.assignment) return undefined;
  if (held && snapshot.assignment === held.assignment && snapshot.number <= held.number) return undefined;
  return snapshot;
}

/**
 * Whether a home shows readers what a linked ledger has counted and not stored yet: only of one that it holds under the same assignment,
 * and only what is newer than all that it has heard.
 */
export function acceptLive(
  held: LinkedLedger | undefined,
  live: LinkedLedger | undefined,
  snapshot: Snapshot,
): boolean {
  if (!held || held.state === null || held.assignment !== snapshot.assignment || snapshot.number <= held.number)
    return false;
  return live === undefined || live.assignment !== snapshot.assignment || live.number < snapshot.number;
}

/** What a home holds after a ledger left under this assignment, or nothing when a newer one brought it back. */
export function acceptLeave(
  held: LinkedLedger | undefined,
  { ledger, assignment }: Pick<LinkedLedger, 'ledger' | 'assignment'>,
): LinkedLedger | undefined {
  if (held && assignment <= held.assignment) return undefined;
  return { ledger, assignment, number: 0, state: null };
}
