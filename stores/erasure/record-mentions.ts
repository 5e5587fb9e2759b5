import type { EnrichedEvent } from '../../core/events/message.ts';
import type { Ledger } from '../../core/identity/ledger.ts';
import { chunked, jsonParts } from '../statements.ts';

/** Devices that named a user without a proof, at most, as far as they are kept: no person has as many, and whoever has a page's key can name anybody. */
export const MAX_UNPROVEN = 1_000;

/** Pairs that nobody vouches for, of one statement. */
const UNPROVEN_AT_ONCE = 24;

/**
 * Keeps which devices' events named which user, so that they are found when he is to be erased. A pair that is known costs no row, unless it
 * is vouched for now and was not before. Of pairs that nobody vouches for the first thousand of a user are kept.
 */
export async function recordMentions(
  env: Env,
  site: string,
  events: readonly (Pick<EnrichedEvent, 'userId' | 'vouched'> & { readonly ledger: Ledger })[],
): Promise<void> {
  const pairs = new Map<string, [userId: string, ledger: Ledger, vouched: number]>();
  for (const { userId, ledger, vouched } of events) {
    if (userId === undefined || !ledger.startsWith('a/')) continue;
    const pair = JSON.stringify([userId, ledger]);
    pairs.set(pair, [userId, ledger, vouched ? 1 : (pairs.get(pair)?.[2] ?? 0)]);
  }
  const all = [...pairs.values()];
  const unproven = all.filter(([, , vouched]) => vouched === 0);
  // How many there are is asked once a statement: of pairs that nobody vouches for only so many more may slip through.
  const parts = [
    ...jsonParts(all.filter(([, , vouched]) => vouched === 1)),
    ...chunked(unproven, UNPROVEN_AT_ONCE).map((some) => JSON.stringify(some)),
  ];
  const statements = parts.map((part) =>
    env.DB.prepare(
      `INSERT INTO user_mentions (site, user_id, ledger, vouched)
         SELECT ?1, value ->> 0, value ->> 1, value ->> 2 FROM json_each(?2) AS named
         WHERE value ->> 2 = 1 OR (SELECT COUNT(*) FROM user_mentions AS held
           WHERE held.site = ?1 AND held.user_id = named.value ->> 0 AND held.vouched = 0) < ${MAX_UNPROVEN}
       ON CONFLICT DO UPDATE SET vouched = 1 WHERE excluded.vouched > vouched`,
    ).bind(site, part),
  );
  if (statements.length > 0) await env.DB.batch(statements);
}
