import { hashPart } from '../../core/identity/hash-ledger.ts';
import type { LakeRow } from '../../core/lake/columns.ts';

/** Erasures that one look considers; more of them in an hour are found by the next look. */
const LIMIT = 50_000;

/** Ledgers of a site that were erased from a time on, by hash, with when: ms since 1970. */
export async function erasedSince(env: Env, site: string, since: number): Promise<Map<string, number>> {
  const { results } = await env.DB.prepare(
    'SELECT hash, erased_at FROM erased_ledgers WHERE site = ? AND erased_at >= ? ORDER BY erased_at LIMIT ?',
  )
    .bind(site, since, LIMIT)
    .all<{ hash: string; erased_at: number }>();
  return new Map(results.map(({ hash, erased_at }) => [hash, erased_at]));
}

/** The columns that `isErasedRow` looks at. */
export const ERASED_COLUMNS = ['ledger_hash', 'user_id', 'time'];

/** Whether a row is of a ledger that was erased after its event happened, or names a user whose events on it were. */
export function isErasedRow(erased: ReadonlyMap<string, number>, row: LakeRow): boolean {
  if (erased.size === 0) return false;
  const hash = String(row.ledger_hash);
  const at = erased.get(hash);
  if (at !== undefined && Number(row.time) <= at) return true;
  const part = typeof row.user_id === 'string' ? erased.get(hashPart(hash, row.user_id)) : undefined;
  return part !== undefined && Number(row.time) <= part;
}
