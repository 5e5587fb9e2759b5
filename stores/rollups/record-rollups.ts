import { createHash } from 'node:crypto';
import { bufferOf } from '../../core/buffer-of.ts';
import { allows } from '../../core/consent/allows.ts';
import { type AppliedEvents, countedEvents } from '../../core/events/applied-events.ts';
import { hashLedger } from '../../core/identity/hash-ledger.ts';
import { productsOf } from '../../core/profile/interactions.ts';
import { entryOf, ownerOf } from '../../core/reconciliation/journal.ts';
import { HOUR_MS } from '../../core/time.ts';
import { packEntries } from '../lake/pack-entries.ts';
import { isConstraintError } from '../statements.ts';

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
    try {
      await env.DB.batch([
        env.DB.prepare('INSERT INTO rollup_guard (site, bucket, version, messages) VALUES (?, ?, ?, ?)').bind(
          site,
          bucket,
          version + 1,
          bufferOf(Buffer.concat(fresh.map(({ message }) => messageHash(message.id)))),
        ),
        ...journalStatements(env, site, `${bucket}-${version + 1}`, fresh),
        ...rollupStatements(env, site, people),
        ...orderStatements(env, site, people),
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

function rollupStatements(env: Env, site: string, fresh: readonly AppliedEvents[]): D1PreparedStatement[] {
  const counts = new Map<string, { hour: number; type: string; events: number }>();
  for (const event of countedEvents(fresh)) {
    if (!allows(event, 'analytics')) continue;
    const hour = Math.floor(event.time / HOUR_MS);
    const key = `${hour} ${event.type}`;
    const cell = counts.get(key) ?? { hour, type: event.type, events: 0 };
    cell.events += 1;
    counts.set(key, cell);
  }
  return [...counts.values()].map(({ hour, type, events }) =>
    env.DB.prepare(
      'INSERT INTO rollups (site, hour, type, events) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET events = events + excluded.events',
    ).bind(site, hour, type, events),
  );
}

/**
 * Two events with one order id are one order, and the later one's figures stand, whichever came first. What the shop's server said goes
 * before what a page says, and a page never takes over the order of another ledger.
 */
function orderStatements(env: Env, site: string, fresh: readonly AppliedEvents[]): D1PreparedStatement[] {
  return countedEvents(fresh)
    .filter((event) => event.type === 'order_completed' && allows(event, 'analytics'))
    .map((event) => {
      const { order_id: id, total, currency } = event.properties ?? {};
      return env.DB.prepare(
        `INSERT INTO orders (site, order_id, time, event_id, ledger, total, currency, items, vouched, user_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET time = excluded.time, event_id = excluded.event_id, ledger = excluded.ledger,
           total = excluded.total, currency = excluded.currency, items = excluded.items, vouched = excluded.vouched,
           user_id = excluded.user_id
         WHERE excluded.vouched > orders.vouched OR (excluded.vouched = orders.vouched
           AND (excluded.vouched = 1 OR excluded.ledger = orders.ledger)
           AND (excluded.time, excluded.event_id) > (orders.time, orders.event_id))`,
      ).bind(
        site,
        String(id),
        event.time,
        event.id,
        event.ledger,
        typeof total === 'number' ? total : null,
        typeof currency === 'string' ? currency : null,
        JSON.stringify(productsOf(event).map(({ item }) => item)),
        event.vouched ? 1 : 0,
        event.userId ?? null,
      );
    });
}
