import type { EnrichedEvent } from '../../core/events/message.ts';
import type { Ledger } from '../../core/identity/ledger.ts';

/** Rows that one statement takes; D1 binds 100 values. */
const PER_STATEMENT = 30;

/** Keeps which devices' events named which user, so that they are found when he is to be erased. A pair that is known costs no row. */
export async function recordMentions(
  env: Env,
  site: string,
  events: readonly (Pick<EnrichedEvent, 'userId'> & { readonly ledger: Ledger })[],
): Promise<void> {
  const pairs = new Map<string, [userId: string, ledger: Ledger]>();
  for (const { userId, ledger } of events)
    if (userId !== undefined && ledger.startsWith('a/')) pairs.set(JSON.stringify([userId, ledger]), [userId, ledger]);
  const all = [...pairs.values()];
  for (let from = 0; from < all.length; from += PER_STATEMENT) {
    const part = all.slice(from, from + PER_STATEMENT);
    await env.DB.prepare(
      `INSERT OR IGNORE INTO user_mentions (site, user_id, ledger) VALUES ${part.map(() => '(?, ?, ?)').join(', ')}`,
    )
      .bind(...part.flatMap(([userId, ledger]) => [site, userId, ledger]))
      .run();
  }
}
