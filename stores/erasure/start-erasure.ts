import { uuidv7 } from 'uuidv7';
import { hashLedger, hashPart } from '../../core/identity/hash-ledger.ts';
import type { Ledger } from '../../core/identity/ledger.ts';
import { nextVersion, versionIn } from '../links/link-graph.ts';
import { insertRows } from '../statements.ts';
import type { Subject, Whom } from './subject.ts';

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
  whom: Whom,
  later: Subject['later'],
  now: number,
): Promise<OpenErasure> {
  const hashes = erasedHashes(site, whom);
  const [version] = await env.DB.batch([nextVersion(env, site)]);
  const subject: Subject = { v: 1, ...whom, at: now, assignment: versionIn(version), later, stragglers: false };
  return insertErasure(
    env,
    site,
    subject,
    insertRows(
      env,
      'INSERT INTO erased_ledgers (site, hash, erased_at)',
      hashes.map((hash) => [site, hash, now]),
      'ON CONFLICT DO UPDATE SET erased_at = MAX(erased_at, excluded.erased_at)',
    ),
  );
}

/** As `startErasure`, for what was under way when the ledgers were erased at `at`. */
export function startStragglers(env: Env, site: string, ledgers: Ledger[], at: number): Promise<OpenErasure> {
  const subject: Subject = { v: 1, users: [], ledgers, parts: [], at, assignment: 0, later: 'anew', stragglers: true };
  return insertErasure(env, site, subject, []);
}

async function insertErasure(
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

/** What an erasure's ledgers, and its parts of ledgers, are remembered by. */
export function erasedHashes(site: string, { ledgers, parts }: Pick<Whom, 'ledgers' | 'parts'>): string[] {
  return [
    ...ledgers.map((ledger) => hashLedger(site, ledger)),
    ...parts.map(({ ledger, userId }) => hashPart(hashLedger(site, ledger), userId)),
  ];
}
