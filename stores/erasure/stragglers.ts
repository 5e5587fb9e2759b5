import { hashLedger } from '../../core/identity/hash-ledger.ts';
import type { Ledger } from '../../core/identity/ledger.ts';
import { erasedAmong } from './erased-ledgers.ts';
import { startStragglers } from './start-erasure.ts';

/**
 * To be called once a batch has written what it had to write, before it acknowledges: if a ledger of it was erased meanwhile, what the
 * batch wrote may have come after the erasure had passed by, so it is erased again.
 *
 * @param written the ledgers of what was written, with when it was taken in, ms since 1970.
 */
export async function eraseStragglers(
  env: Env,
  site: string,
  written: readonly { readonly ledger: string; readonly receivedAt: number }[],
): Promise<void> {
  const hashes = new Map<string, { ledger: Ledger; oldest: number }>();
  for (const { ledger, receivedAt } of written) {
    const hash = hashLedger(site, ledger);
    const oldest = Math.min(receivedAt, hashes.get(hash)?.oldest ?? receivedAt);
    hashes.set(hash, { ledger: ledger as Ledger, oldest });
  }
  for (const [hash, erasedAt] of await erasedAmong(env, site, [...hashes.keys()])) {
    const held = hashes.get(hash);
    if (held && held.oldest <= erasedAt) await startStragglers(env, site, [held.ledger], erasedAt);
  }
}
