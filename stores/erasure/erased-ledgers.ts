import { z } from 'zod';
import { jsonParts } from '../statements.ts';

const rows = z.array(z.object({ hash: z.string(), erased_at: z.int() }));

/** Which of these ledgers (see `hashLedger`) were ever erased, with when, ms since 1970. */
export async function erasedAmong(env: Env, site: string, hashes: readonly string[]): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const part of jsonParts(hashes)) {
    const { results } = await env.DB.prepare(
      'SELECT hash, erased_at FROM erased_ledgers WHERE site = ?1 AND hash IN (SELECT value FROM json_each(?2))',
    )
      .bind(site, part)
      .all();
    for (const { hash, erased_at: at } of rows.parse(results)) found.set(hash, at);
  }
  return found;
}
