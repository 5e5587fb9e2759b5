import type { EnrichedEvent } from '../../core/events/message.ts';
import type { Ledger } from '../../core/identity/ledger.ts';
import { insertRows } from '../statements.ts';

/** Keeps which devices' events named which user, so that they are found when he is to be erased. A pair that is known costs no row. */
export async function recordMentions(
  env: Env,
  site: string,
  events: readonly (Pick<EnrichedEvent, 'userId'> & { readonly ledger: Ledger })[],
): Promise<void> {
  const pairs = new Map<string, [userId: string, ledger: Ledger]>();
  for (const { userId, ledger } of events)
    if (userId !== undefined && ledger.startsWith('a/')) pairs.set(JSON.stringify([userId, ledger]), [userId, ledger]);
  const rows = [...pairs.values()].map(([userId, ledger]) => [site, userId, ledger]);
  const statements = insertRows(env, 'INSERT OR IGNORE INTO user_mentions (site, user_id, ledger)', rows);
  if (statements.length > 0) await env.DB.batch(statements);
}
