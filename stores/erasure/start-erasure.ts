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
  const hashes = whom.ledgers.map((ledger) => hashLedger(site, ledger));
  const [version] = await env.DB.batch([nextVersion(env, site)]);
  const subject: Subject = { v: 1, ...whom, at: now, assignment: versionIn(version), later, stragglers: false };
  return insertErasure(env, site, subject, rememberErased(env, site, hashes, now));
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

/** Writes down what is erased, by its hashes: whoever writes something of it that was under way finds out, and compaction leaves it out. */
export function rememberErased(env: Env, site: string, hashes: readonly string[], at: number): D1PreparedStatement[] {
  return insertRows(
    env,
    'INSERT INTO erased_ledgers (site, hash, erased_at)',
    hashes.map((hash) => [site, hash, at]),
    'ON CONFLICT DO UPDATE SET erased_at = MAX(erased_at, excluded.erased_at)',
  );
}

/** What the parts of ledgers are remembered by. */
export function partHashes(site: string, parts: Whom['parts']): string[] {
  return parts.map(({ ledger, userId }) => hashPart(hashLedger(site, ledger), userId));
}
