import { createHash } from 'node:crypto';
import { bufferOf } from '../../core/buffer-of.ts';
import { allows } from '../../core/consent/allows.ts';
import { type AppliedEvents, countedEvents } from '../../core/events/applied-events.ts';
import { hashLedger } from '../../core/identity/hash-ledger.ts';
import { entryOf, ownerOf } from '../../core/reconciliation/journal.ts';
import { packEntries } from '../lake/pack-entries.ts';
import { isConstraintError } from '../statements.ts';
import { orderStatements, rollupStatements } from './count-statements.ts';

/** Messages that arrived in the same ten seconds share a bucket of the guard. */
export const GUARD_BUCKET_MS = 10_000;
const HASH_BYTES = 8;
/** Tries against other consumers that count messages of the same bucket at the same time. */
const MAX_TRIES = 8;
/** Events of one journal row; a row of D1 holds 2 MB. */
const JOURNAL_EVENTS = 10_000;

/**
 * Adds the counted events to the rollups (site, hour of event time, type) and the orders, once for each message; those only whose
 * visitor agreed to analytics, and is no bot.
 *
 * The guard is an append-only log of message hashes for each bucket of arrival time. The log is read, messages in it are left
 * out, and the next version is written in the same transaction as the counts: if another consumer wrote that version first,
 * the whole transaction fails on the primary key and is tried again with what it now reads. So a batch writes one guard row,
 * not one for each message.
 */
export async function recordRollups(env: Env, site: string, applied: readonly AppliedEvents[]): Promise<void> {
  for (const [bucket, group] of Map.groupBy(applied, ({ message }) =>
    Math.floor(message.receivedAt / GUARD_BUCKET_MS),
  )) {
    await recordBucket(env, site, bucket, group);
  }
}

async function recordBucket(env: Env, site: string, bucket: number, group: readonly AppliedEvents[]): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const { seen, version } = await readGuard(env, site, bucket);
    const fresh = group.filter(({ message }) => !seen.has(messageHash(message.id).toString('hex')));
    if (fresh.length === 0) return;
    const people = fresh.filter(({ message }) => !message.client.bot);
    const counted = countedEvents(people).filter((event) => allows(event, 'analytics'));
    try {
      await env.DB.batch([
        env.DB.prepare('INSERT INTO rollup_guard (site, bucket, version, messages) VALUES (?, ?, ?, ?)').bind(
          site,
          bucket,
          version + 1,
          bufferOf(Buffer.concat(fresh.map(({ message }) => messageHash(message.id)))),
        ),
        ...journalStatements(env, site, `${bucket}-${version + 1}`, fresh),
        ...rollupStatements(env, site, counted),
        ...orderStatements(env, site, counted),
      ]);
      return;
    } catch (error) {
      if (tries >= MAX_TRIES || !isConstraintError(error)) throw error;
    }
  }
}

async function readGuard(env: Env, site: string, bucket: number): Promise<{ seen: Set<string>; version: number }> {
  const { results } = await env.DB.prepare('SELECT version, messages FROM rollup_guard WHERE site = ? AND bucket = ?')
    .bind(site, bucket)
    .all<{ version: number; messages: number[] }>();
  const seen = new Set<string>();
  let version = 0;
  for (const row of results) {
    version = Math.max(version, row.version);
    const bytes = Buffer.from(row.messages);
    for (let at = 0; at < bytes.length; at += HASH_BYTES) seen.add(bytes.toString('hex', at, at + HASH_BYTES));
  }
  return { seen, version };
}

/** What is counted here, one by one, so that the lake can be held against it. */
function journalStatements(env: Env, site: string, id: string, fresh: readonly AppliedEvents[]): D1PreparedStatement[] {
  const entries = fresh.flatMap((one) => {
    const owner = ownerOf(hashLedger(site, one.message.ledger));
    return countedEvents([one]).map((event) => entryOf(site, { ...event, client: one.message.client }, owner));
  });
  const statements: D1PreparedStatement[] = [];
  for (let from = 0; from < entries.length; from += JOURNAL_EVENTS) {
    statements.push(
      env.DB.prepare('INSERT INTO journal (site, written_at, id, events) VALUES (?, ?, ?, ?)').bind(
        site,
        Date.now(),
        `${id}-${from}`,
        packEntries(entries.slice(from, from + JOURNAL_EVENTS)),
      ),
    );
  }
  return statements;
}

function messageHash(id: string): Buffer {
  return createHash('sha256').update(id).digest().subarray(0, HASH_BYTES);
}
