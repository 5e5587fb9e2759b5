import { hashLedger } from '../../core/identity/hash-ledger.ts';
import { eventOf } from '../../core/lake/columns.ts';
import type { LakeFile } from '../../core/lake/partition.ts';
import type { RawEvent } from '../../core/lake/raw-object.ts';
import { readParquet } from './parquet-files.ts';

/** The events of some ledgers in a Parquet file: their column of hashes is read first, the whole only when one is there. */
export async function ledgerEvents(
  env: Env,
  site: string,
  { key }: Pick<LakeFile, 'key'>,
  ledgers: readonly string[],
): Promise<RawEvent[]> {
  const hashes = new Set(ledgers.map((ledger) => hashLedger(site, ledger)));
  const column = await readParquet(env, key, ['ledger_hash']);
  if (!column.some((row) => hashes.has(String(row.ledger_hash)))) return [];
  const rows = await readParquet(env, key);
  return rows.filter((row) => hashes.has(String(row.ledger_hash))).map((row) => eventOf(site, row));
}
