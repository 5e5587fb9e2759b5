import { ledgerId } from '../../core/identity/ledger.ts';
import type { Subject } from '../../stores/erasure/subject.ts';
import { bindable, marks } from '../../stores/statements.ts';

/** Deletes the rows of a person in D1: his orders, his links, and who named him. Returns how many went. */
export async function eraseRows(
  env: Env,
  site: string,
  { users, ledgers, parts, at }: Subject,
): Promise<{ readonly orders: number; readonly links: number }> {
  const ids = ledgers.filter((ledger) => ledger.startsWith('u/')).map(ledgerId);
  const names = [...new Set([...users, ...ids])];
  const orders = await run(
    env,
    bindable(ledgers, 2).map((part) =>
      env.DB.prepare(`DELETE FROM orders WHERE site = ? AND time <= ? AND ledger IN (${marks(part)})`).bind(
        site,
        at,
        ...part,
      ),
    ),
  );
  const ofParts = await run(
    env,
    parts.map(({ ledger, userId }) =>
      env.DB.prepare('DELETE FROM orders WHERE site = ? AND time <= ? AND ledger = ? AND user_id = ?').bind(
        site,
        at,
        ledger,
        userId,
      ),
    ),
  );
  // What is bought together is counted anew without them, within minutes.
  if (orders + ofParts > 0)
    await env.DB.prepare('UPDATE order_pairs SET counted_at = 0 WHERE site = ?').bind(site).run();
  const links = await run(env, [
    ...bindable(ledgers, 2).flatMap((part) => [
      env.DB.prepare(`DELETE FROM device_links WHERE site = ? AND time <= ? AND ledger IN (${marks(part)})`).bind(
        site,
        at,
        ...part,
      ),
      env.DB.prepare(`DELETE FROM user_mentions WHERE site = ? AND ledger IN (${marks(part)})`).bind(site, ...part),
      env.DB.prepare(`DELETE FROM webhook_failures WHERE site = ? AND ledger IN (${marks(part)})`).bind(site, ...part),
    ]),
    ...bindable(names, 2, 2).flatMap((part) => [
      env.DB.prepare(`DELETE FROM device_links WHERE site = ? AND time <= ? AND user_id IN (${marks(part)})`).bind(
        site,
        at,
        ...part,
      ),
      env.DB.prepare(
        `DELETE FROM user_links WHERE site = ? AND time <= ? AND (user_id IN (${marks(part)}) OR other_id IN (${marks(part)}))`,
      ).bind(site, at, ...part, ...part),
      env.DB.prepare(`DELETE FROM user_mentions WHERE site = ? AND user_id IN (${marks(part)})`).bind(site, ...part),
    ]),
  ]);
  // Reports may name his profile; the next one is made within the hour.
  await env.DB.prepare('DELETE FROM reconciliations WHERE site = ?').bind(site).run();
  return { orders: orders + ofParts, links };
}

async function run(env: Env, statements: D1PreparedStatement[]): Promise<number> {
  if (statements.length === 0) return 0;
  const results = await env.DB.batch(statements);
  return results.reduce((sum, { meta }) => sum + meta.changes, 0);
}
