/** When the list prices below were read from Cloudflare's price pages. */
export const PRICES_DATED = '2026-11-23';

/** Cloudflare's list prices in USD for a million, beyond what the plans include. */
export const PRICES_USD_PER_MILLION = {
  /** Requests to the Worker. */
  requests: 0.3,
  /** Milliseconds of the Worker's CPU. */
  cpuMs: 0.02,
  /** Requests to Durable Objects: each RPC call of a new session. */
  objectRequests: 0.15,
  /** SQLite rows written, in Durable Objects and in D1. */
  rowsWritten: 1.0,
  /** SQLite rows read, in Durable Objects and in D1. */
  rowsRead: 0.001,
  /** Queue operations: write, read and delete of each 64 KB of a message. */
  queueOperations: 0.4,
  /** R2 class A: put, list. */
  r2ClassA: 4.5,
  /** R2 class B: get, head. */
  r2ClassB: 0.36,
} as const;

/** A kind of billable operation. */
export type Billable = keyof typeof PRICES_USD_PER_MILLION;

/** What counted operations cost at list price, USD. */
export function listPriceUsd(operations: Readonly<Record<Billable, number>>): number {
  const kinds = Object.keys(PRICES_USD_PER_MILLION) as Billable[];
  return kinds.reduce((sum, kind) => sum + (operations[kind] * PRICES_USD_PER_MILLION[kind]) / 1_000_000, 0);
}
