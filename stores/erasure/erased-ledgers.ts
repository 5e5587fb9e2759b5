import { z } from 'zod';
import { selectIn } from '../statements.ts';

const rows = z.array(z.object({ hash: z.string(), erased_at: z.int() }));

/** Which of these ledgers (see `hashLedger`) were ever erased, with when, ms since 1970. */
export async function erasedAmong(env: Env, site: string, hashes: readonly string[]): Promise<Map<string, number>> {
  const found = await selectIn(
    env,
    (marks) => `SELECT hash, erased_at FROM erased_ledgers WHERE site = ? AND hash IN (${marks})`,
    [site],
    hashes,
  );
  return new Map(rows.parse(found).map(({ hash, erased_at: at }) => [hash, at]));
}
