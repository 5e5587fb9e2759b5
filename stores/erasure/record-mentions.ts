import type { EnrichedEvent } from '../../core/events/message.ts';
import type { Ledger } from '../../core/identity/ledger.ts';
import { insertRows } from '../statements.ts';

/**
 * Keeps which devices' events named which user, so that they are found when he is to be erased. A pair that is known costs no row, unless it
 * is vouched for now and was not before. */
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
  const rows = [...pairs.values()].map((pair) => [site, ...pair]);
  const statements = insertRows(
    env,
    'INSERT INTO user_mentions (site, user_id, ledger, vouched)',
    rows,
    'ON CONFLICT DO UPDATE SET vouched = 1 WHERE excluded.vouched > vouched',
  );
  if (statements.length > 0) await env.DB.batch(statements);
}
