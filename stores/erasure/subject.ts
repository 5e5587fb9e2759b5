import { z } from 'zod';
import { isLedger, type Ledger, userLedger } from '../../core/identity/ledger.ts';
import { personOf } from '../links/link-graph.ts';

/** Whom an erasure is about, until it is done; then nothing of it is left. */
export const subjectSchema = z.object({
  v: z.literal(1),
  users: z.array(z.string()),
  ledgers: z.array(z.string().refine(isLedger)),
  /** What happened until then is erased, ms since 1970. */
  at: z.int(),
  /** The version of the site's links under which it is. */
  assignment: z.int(),
  later: z.enum(['drop', 'anew']),
  /** Only what was under way when the ledgers were erased: their profiles stay as they are. */
  stragglers: z.boolean(),
});
export type Subject = z.infer<typeof subjectSchema>;

const ledgerRows = z.array(z.object({ ledger: z.string() }));

/**
 * What is erased with a user: the ledgers of all users and devices that are the same person, and those devices that named one of
 * them without a proof and are nobody else's.
 */
export async function subjectOfUser(
  env: Env,
  site: string,
  userId: string,
): Promise<{ readonly users: string[]; readonly ledgers: Ledger[] }> {
  const { users, devices } = await personOf(env, site, userId);
  const all = [...new Set([userId, ...users])];
  const marks = all.map(() => '?').join(', ');
  const { results } = await env.DB.prepare(
    `SELECT ledger FROM user_mentions WHERE site = ? AND user_id IN (${marks}) AND ledger NOT IN (
       SELECT ledger FROM device_links WHERE site = ? AND user_id IS NOT NULL AND user_id NOT IN (${marks}))`,
  )
    .bind(site, ...all, site, ...all)
    .all();
  const mentioned = ledgerRows.parse(results).map(({ ledger }) => ledger as Ledger);
  return { users: all, ledgers: [...new Set([...all.map(userLedger), ...devices, ...mentioned])] };
}
