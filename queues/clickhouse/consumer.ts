import { createHash } from 'node:crypto';
import { hashPart } from '../../core/identity/hash-ledger.ts';
import { type LakeRow, rowOf } from '../../core/lake/columns.ts';
import { deleteStatement, dialectOf, type ErasedEvents, rowLines } from '../../core/warehouse/clickhouse.ts';
import { type WarehouseMessage, warehouseMessageSchema } from '../../core/warehouse/message.ts';
import { erasedAmong } from '../../stores/erasure/erased-ledgers.ts';
import { readRaw } from '../../stores/lake/raw-objects.ts';
import { log } from '../../stores/log.ts';
import {
  askClickHouse,
  type ClickHouseAccess,
  ClickHouseError,
  EVENTS_TABLE,
  insertLines,
  versionOf,
} from '../../stores/warehouse/clickhouse-server.ts';
import { clickHouseAccess } from '../../stores/warehouse/offer.ts';
import { retryLater } from '../retry-later.ts';

/** Rows of one insert, about. */
const ROWS_AT_ONCE = 20_000;

type Rows = Extract<WarehouseMessage, { readonly kind: 'rows' }>;
type Read = { readonly message: Message; readonly body: WarehouseMessage };

/**
 * The consumer of `vitrine-clickhouse`: the rows of raw objects in as few inserts as they fit into, then what was erased. What ClickHouse does not take, or is away for, is
 * tried again later, and holds up nothing that pages or servers wait for. At least once: an insert that comes again is known by its token, an event by
 * its key.
 */
export async function consumeClickHouse(batch: MessageBatch, env: Env): Promise<void> {
  const access = clickHouseAccess(env);
  const read: Read[] = [];
  for (const message of batch.messages) {
    const body = warehouseMessageSchema.safeParse(message.body);
    if (body.success && access) read.push({ message, body: body.data });
    else {
      // Switched off meanwhile, or of another build: what it named is in the lake.
      log('clickhouse_message_dropped', { why: access ? 'unreadable' : 'no CLICKHOUSE_URL' });
      message.ack();
    }
  }
  if (!access) return;
  const rows = read.filter((one): one is Read & { readonly body: Rows } => one.body.kind === 'rows');
  for (const [site, own] of Map.groupBy(rows, ({ body }) => body.site)) await writeSite(env, access, site, own);
  for (const { message, body } of read)
    if (body.kind === 'erase') await settle([message], () => erase(access, body.site, body.erased));
}

async function writeSite(
  env: Env,
  access: ClickHouseAccess,
  site: string,
  messages: readonly (Read & { readonly body: Rows })[],
): Promise<void> {
  let waiting: { message: Message; key: string; rows: LakeRow[]; etag: string }[] = [];
  const flush = async () => {
    const some = waiting;
    waiting = [];
    if (some.length === 0) return;
    const write = (parts: typeof some) => () => writeRows(env, access, site, parts);
    if (
      await settle(
        some.map(({ message }) => message),
        write(some),
        some.length === 1,
      )
    )
      return;
    // One that is not taken holds up no other.
    for (const part of some) await settle([part.message], write([part]));
  };
  for (const { message, body } of messages) {
    try {
      const raw = await readRaw(env, body.key);
      // All of it was erased; or it is older than a day and compacted, and `npm run clickhouse -- backfill` brings it.
      if (!raw) {
        log('clickhouse_rows_gone', { site, key: body.key });
        message.ack();
        continue;
      }
      waiting.push({ message, key: body.key, rows: raw.events.map(rowOf), etag: raw.etag });
    } catch (error) {
      log('clickhouse_rows_unread', { site, error: String(error) });
      retryLater(message);
    }
    if (waiting.reduce((sum, { rows }) => sum + rows.length, 0) >= ROWS_AT_ONCE) await flush();
  }
  await flush();
}

/** Does what messages ask for, then acknowledges them; else, where `last`, has them delivered again. Says whether it was done. */
async function settle(messages: readonly Message[], work: () => Promise<void>, last = true): Promise<boolean> {
  try {
    await work();
    for (const message of messages) message.ack();
    return true;
  } catch (error) {
    // Its words may quote rows.
    const why = error instanceof ClickHouseError ? `ClickHouse refuses, code ${error.code}` : String(error);
    log('clickhouse_not_written', { messages: messages.length, error: why });
    if (last) for (const message of messages) retryLater(message);
    return false;
  }
}

async function writeRows(
  env: Env,
  access: ClickHouseAccess,
  site: string,
  parts: readonly { readonly key: string; readonly rows: readonly LakeRow[]; readonly etag: string }[],
): Promise<void> {
  const rows = parts.flatMap((part) => part.rows);
  const token = createHash('sha256');
  for (const { key, etag } of parts) token.update(`${key} ${etag}\n`);
  const dialect = dialectOf(await versionOf(access));
  await insertLines(access, rowLines(site, rows, dialect), token.digest('hex'));
  // An erasure that began meanwhile may have been told before these rows stood there.
  const named = new Map<string, Omit<ErasedEvents, 'until'>>();
  for (const { ledger_hash: hash, user_id: userId } of rows) {
    const ledgerHash = String(hash);
    named.set(ledgerHash, { ledgerHash });
    if (typeof userId === 'string') named.set(hashPart(ledgerHash, userId), { ledgerHash, userId });
  }
  const erased = await erasedAmong(env, site, [...named.keys()]);
  const late = [...erased].flatMap(([hash, until]) => {
    const of = named.get(hash);
    const isThere = rows.some((row) => row.ledger_hash === of?.ledgerHash && Number(row.time) <= until);
    return of && isThere ? [{ ...of, until }] : [];
  });
  if (late.length > 0) await erase(access, site, late);
}

async function erase(access: ClickHouseAccess, site: string, erased: readonly ErasedEvents[]): Promise<void> {
  const dialect = dialectOf(await versionOf(access));
  await askClickHouse(
    access,
    deleteStatement(EVENTS_TABLE, site, erased, dialect),
    undefined,
    dialect === 'times' ? { mutations_sync: '1' } : {},
  );
}
