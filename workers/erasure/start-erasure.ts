import { uuidv7 } from 'uuidv7';
import type { Ledger } from '../../core/identity/ledger.ts';
import { hashLedger } from '../../core/lake/columns.ts';
import { nextVersion, versionIn } from '../identity/link-graph.ts';
import type { Subject } from './subject.ts';

/** Ledgers that one statement takes; D1 binds 100 values. */
const PER_STATEMENT = 30;

/** An erasure that is not done yet. */
export interface OpenErasure {
  readonly site: string;
  readonly id: string;
  readonly subject: Subject;
}

/**
 * Writes an erasure down, and the hashes of its ledgers: from here on it will be done, and whoever writes something of them that was
 * under way finds out.
 */
export async function startErasure(
  env: Env,
  site: string,
  whom: { readonly users: string[]; readonly ledgers: Ledger[] },
  later: Subject['later'],
  now: number,
): Promise<OpenErasure> {
  const hashes = whom.ledgers.map((ledger) => hashLedger(site, ledger));
  const [version] = await env.DB.batch([nextVersion(env, site)]);
  const subject: Subject = { v: 1, ...whom, at: now, assignment: versionIn(version), later, stragglers: false };
  return keep(env, site, subject, hashStatements(env, site, hashes, now));
}

/** As `startErasure`, for what was under way when the ledgers were erased at `at`. */
export function startStragglers(env: Env, site: string, ledgers: Ledger[], at: number): Promise<OpenErasure> {
  const subject: Subject = { v: 1, users: [], ledgers, at, assignment: 0, later: 'anew', stragglers: true };
  return keep(env, site, subject, []);
}

async function keep(
  env: Env,
  site: string,
  subject: Subject,
  hashes: readonly D1PreparedStatement[],
): Promise<OpenErasure> {
  const id = uuidv7();
  const insert = env.DB.prepare(
    'INSERT INTO erasures (site, id, requested_at, subject, progress) VALUES (?, ?, ?, ?, ?)',
  ).bind(site, id, Date.now(), JSON.stringify(subject), '{}');
  await env.DB.batch([insert, ...hashes]);
  return { site, id, subject };
}

function hashStatements(env: Env, site: string, hashes: readonly string[], now: number): D1PreparedStatement[] {
  const statements: D1PreparedStatement[] = [];
  for (let from = 0; from < hashes.length; from += PER_STATEMENT) {
    const part = hashes.slice(from, from + PER_STATEMENT);
    statements.push(
      env.DB.prepare(
        `INSERT INTO erased_ledgers (site, hash, erased_at) VALUES ${part.map(() => '(?, ?, ?)').join(', ')}
         ON CONFLICT DO UPDATE SET erased_at = MAX(erased_at, excluded.erased_at)`,
      ).bind(...part.flatMap((hash) => [site, hash, now])),
    );
  }
  return statements;
}
