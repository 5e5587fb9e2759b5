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

/** Whether a row is of a ledger that was erased after its event happened. */
export function isErasedRow(erased: ReadonlyMap<string, number>, row: LakeRow): boolean {
  const at = erased.get(String(row.ledger_hash));
  return at !== undefined && Number(row.time) <= at;
}
