import { z } from 'zod';
import type { EventMessage } from '../../core/events/message.ts';
import type { Ledger } from '../../core/identity/ledger.ts';
import { hashLedger } from '../../core/lake/columns.ts';
import { startStragglers } from './start-erasure.ts';

/** Hashes that one statement takes; D1 binds 100 values. */
const PER_STATEMENT = 90;

const rows = z.array(z.object({ hash: z.string(), erased_at: z.int() }));

/**
 * To be called once a batch has written what it had to write, before it acknowledges: if a ledger of it was erased meanwhile, what the
 * batch wrote may have come after the erasure had passed by, so it is erased again.
 */
export async function eraseStragglers(
  env: Env,
  site: string,
  messages: readonly Pick<EventMessage, 'ledger' | 'receivedAt'>[],
): Promise<void> {
  const hashes = new Map<string, { ledger: Ledger; oldest: number }>();
  for (const { ledger, receivedAt } of messages) {
    const hash = hashLedger(site, ledger);
    const oldest = Math.min(receivedAt, hashes.get(hash)?.oldest ?? receivedAt);
    hashes.set(hash, { ledger: ledger as Ledger, oldest });
  }
  const found: { hash: string; erased_at: number }[] = [];
  const all = [...hashes.keys()];
  for (let from = 0; from < all.length; from += PER_STATEMENT) {
    const part = all.slice(from, from + PER_STATEMENT);
    const { results } = await env.DB.prepare(
      `SELECT hash, erased_at FROM erased_ledgers WHERE site = ? AND hash IN (${part.map(() => '?').join(', ')})`,
    )
      .bind(site, ...part)
      .all();
    found.push(...rows.parse(results));
  }
  for (const { hash, erased_at: erasedAt } of found) {
    const message = hashes.get(hash);
    if (message && message.oldest <= erasedAt) await startStragglers(env, site, [message.ledger], erasedAt);
  }
}
