import { createHash } from 'node:crypto';

/** SHA-256 of `<site>/<ledger>`, hex: what an erased ledger is remembered by. */
export function hashLedger(site: string, ledger: string): string {
  return createHash('sha256').update(`${site}/${ledger}`).digest('hex');
}
