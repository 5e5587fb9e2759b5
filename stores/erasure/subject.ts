import { z } from 'zod';
import { isLedger, type Ledger, userLedger } from '../../core/identity/ledger.ts';
import { personOf } from '../links/link-graph.ts';

/** Whom an erasure is about, until it is done; then nothing of it is left. */
export const subjectSchema = z.object({
  v: z.literal(1),
  users: z.array(z.string()),
  ledgers: z.array(z.string().refine(isLedger)),
  /** Ledgers that are not his alone, or named him without a proof: of these only the events that name him go. */
  parts: z.array(z.object({ ledger: z.string().refine(isLedger), userId: z.string() })).default([]),
  /** What happened until then is erased, ms since 1970. */
  at: z.int(),
  /** The version of the site's links under which it is. */
  assignment: z.int(),
  later: z.enum(['drop', 'anew']),
  /** Only what was under way when the ledgers were erased: their profiles stay as they are. */
  stragglers: z.boolean(),
});
export type Subject = z.infer<typeof subjectSchema>;

/** Parts that one erasure has at most: events of further ledgers that named him go with the next one. */
const MAX_PARTS = 2_000;

const mentionRows = z.array(
  z.object({ ledger: z.string().refine(isLedger), user_id: z.string(), vouched: z.int(), names: z.int() }),
);

/** Whom an erasure is about. */
export type Whom = Pick<Subject, 'users' | 'ledgers' | 'parts'>;

/**
 * What is erased with a user: the ledgers of all users and devices that are the same person, and the devices that named him with a proof, or
 * the secret key, and nobody else. Of others that named him only the events that did: whoever names somebody widens no erasure.
 */
export async function subjectOfUser(env: Env, site: string, userId: string): Promise<Whom> {
  const { users, devices } = await personOf(env, site, userId);
  const all = [...new Set([userId, ...users])];
  const marks = all.map(() => '?').join(', ');
  const { results } = await env.DB.prepare(
    `SELECT ledger, user_id, vouched, (SELECT COUNT(*) FROM user_mentions AS other WHERE other.site = mine.site
         AND other.ledger = mine.ledger AND other.user_id NOT IN (${marks})) AS names
       FROM user_mentions AS mine WHERE site = ? AND user_id IN (${marks}) AND ledger NOT IN (
         SELECT ledger FROM device_links WHERE site = ? AND user_id IS NOT NULL AND user_id NOT IN (${marks}))
       ORDER BY vouched DESC LIMIT ${MAX_PARTS}`,
  )
    .bind(...all, site, ...all, site, ...all)
    .all();
  const own = new Set<Ledger>([...all.map(userLedger), ...devices]);
  const mentions = mentionRows.parse(results).filter(({ ledger }) => !own.has(ledger as Ledger));
  for (const { ledger, vouched, names } of mentions) if (vouched === 1 && names === 0) own.add(ledger as Ledger);
  const parts = mentions.flatMap(({ ledger, user_id }) =>
    own.has(ledger as Ledger) ? [] : [{ ledger: ledger as Ledger, userId: user_id }],
  );
  return { users: all, ledgers: [...own], parts };
}
