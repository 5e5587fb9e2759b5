import { createHash } from 'node:crypto';

/** SHA-256 of `<site>/<ledger>`, hex: what an erased ledger is remembered by. */
export function hashLedger(site: string, ledger: string): string {
  return createHash('sha256').update(`${site}/${ledger}`).digest('hex');
}

/** What the events of one user on a ledger that is not his alone are remembered by, once they were erased. */
export function hashPart(ledgerHash: string, userId: string): string {
  return createHash('sha256').update(`${ledgerHash}\n${userId}`).digest('hex');
}
