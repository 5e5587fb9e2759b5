import { ledgerId } from '../../core/identity/ledger.ts';
import type { Subject } from './subject.ts';

/** Ids that one statement takes; D1 binds 100 values. */
const PER_STATEMENT = 40;

/** Deletes the rows of a person in D1: his orders, his links, and who named him. Returns how many went. */
export async function eraseRows(
  env: Env,
  site: string,
  { users, ledgers, at }: Subject,
): Promise<{ readonly orders: number; readonly links: number }> {
  const ids = ledgers.filter((ledger) => ledger.startsWith('u/')).map(ledgerId);
  const names = [...new Set([...users, ...ids])];
  const orders = await run(
    env,
    chunks(ledgers).map((part) =>
      env.DB.prepare(`DELETE FROM orders WHERE site = ? AND time <= ? AND ledger IN (${marks(part)})`).bind(
        site,
        at,
        ...part,
      ),
    ),
  );
  const links = await run(env, [
    ...chunks(ledgers).flatMap((part) => [
      env.DB.prepare(`DELETE FROM device_links WHERE site = ? AND time <= ? AND ledger IN (${marks(part)})`).bind(
        site,
        at,
        ...part,
      ),
      env.DB.prepare(`DELETE FROM user_mentions WHERE site = ? AND ledger IN (${marks(part)})`).bind(site, ...part),
      env.DB.prepare(`DELETE FROM webhook_failures WHERE site = ? AND ledger IN (${marks(part)})`).bind(site, ...part),
    ]),
    ...chunks(names).flatMap((part) => [
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
  return { orders, links };
}

async function run(env: Env, statements: D1PreparedStatement[]): Promise<number> {
  if (statements.length === 0) return 0;
  const results = await env.DB.batch(statements);
  return results.reduce((sum, { meta }) => sum + meta.changes, 0);
}

function chunks<T>(list: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < list.length; from += PER_STATEMENT) parts.push(list.slice(from, from + PER_STATEMENT));
  return parts;
}

const marks = (list: readonly unknown[]) => list.map(() => '?').join(', ');
