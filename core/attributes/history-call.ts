import type { WireDefinitions } from './wire-definitions.ts';

/** The history of a ledger for attributes that were defined after it, on its way to who counts the ledger. */
export interface HistoryCall {
  readonly v: 1;
  readonly definitions: WireDefinitions;
  /** When reading the lake began, ms since 1970: what was erased since may be in it. */
  readonly readAt: number;
  /** Events from then on are remembered by who counts, ms since 1970. */
  readonly from: number;
  /** As `encodeAttributes` writes them, folded under `overHistory`. */
  readonly states: string;
  readonly attributes: readonly {
    readonly name: string;
    readonly version: number;
    /** How many events of the ledger the history has, of whatever type, between `from` and the attribute's time. */
    readonly events: number;
  }[];
  /** Takes the history as it is, though the ledger has counted others: somebody has waited long enough. */
  readonly accept: boolean;
}

/**
 * What became of an attribute:
 * - `filled`: it has its history from now on;
 * - `had`: it has had it;
 * - `behind`: the ledger has counted events that the history lacks, or the other way round;
 * - `gone`: nothing is counted of the ledger, or the attribute is defined otherwise by now.
 */
export type HistoryOutcome = 'filled' | 'had' | 'behind' | 'gone';
