import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeRows } from '../../core/lake/parquet.ts';
import { parquetPrefix } from '../../core/lake/partition.ts';
import { copyTable } from '../../ops/lake/copy-table.ts';
import { call, type LakeApi, lakeApi } from '../../ops/lake/lake-api.ts';
import { openLake } from '../../ops/lake/open-lake.ts';
import { seededRandom } from '../../ops/seeded-random.ts';
import { waitUntil } from '../../ops/wait-until.ts';
import { installClickHouse, queryClickHouse } from '../clickhouse/query-clickhouse.ts';
import { hasClickHouseServer } from '../clickhouse/start-server.ts';
import { type Comparison, compare, count } from './compare.ts';
import { compareAttributes, defineBefore } from './compare-attributes.ts';
import { type DrillEvent, drillLog, personOfVisitor } from './drill-log.ts';
import { openSink } from './open-sink.ts';
import { readIceberg } from './read-iceberg.ts';
import { openStage, SITE, type Stage } from './stage.ts';
import { taobaoEvents } from './taobao-events.ts';

/** How the drill is run. */
export interface TableOptions {
  readonly seed: number;
  /** A click log in Taobao's form; else one of so many events is made. */
  readonly file?: string | undefined;
  readonly events: number;
  /** Compactions in whose middle workerd is killed. */
  readonly kills: number;
  /** Visitors who are erased. */
  readonly erasures: number;
  /** Events a second. */
  readonly rate: number;
  /** For so long ClickHouse is away while a week comes late, s, by the clock by which messages wait. */
  readonly awaySeconds: number;
}

/** What the drill found. */
export interface TableReport {
  readonly sent: number;
  /** Events of a week that came last. */
  readonly late: number;
  readonly kills: number;
  readonly erased: number;
  /** By reader and what it counted. */
  readonly readers: readonly Comparison[];
  /** What could not be read after a kill. */
  readonly broken: readonly string[];
  /** Objects that still hold something of who was erased. */
  readonly left: readonly string[];
  readonly clean: boolean;
}

const DAY_MS = 86_400_000;
/** How long a compaction may go on before it is killed, at most. */
const KILL_AFTER_MS = 1_200;
/** Messages wait for their next try so many times shorter. */
const SPEED = 60;
const PATIENCE_MS = 1_200_000;
const ERASURES_AT_ONCE = 8;

/**
 * Sends a log in parts, kills workerd in the middle of compactions, then brings a week late, then erases visitors; after each of the three, three readers
 * of the lake must count what an independent count of the log says: ClickHouse and icebird by its Iceberg table, DuckDB by its files. Where Debian's
 * ClickHouse server is there, events are written to it all the while, though it is killed with workerd, and away while the week comes: it must hold the
 * same. Attributes that are defined at the end must say what those say that were there from the beginning.
 *
 * @param root the project to run.
 */
export async function runTable(root: string, options: TableOptions): Promise<TableReport> {
  await installClickHouse();
  const { seed, kills, rate, file } = options;
  const made = Math.ceil(options.events / 40);
  const folder = mkdtempSync(path.join(tmpdir(), 'vitrine-table-'));
  const sink = hasClickHouseServer() ? await openSink(path.join(folder, 'server')) : undefined;
  const stage = await openStage(root, SPEED, sink?.vars ?? {});
  const api = lakeApi({ url: stage.vitrine.url, key: SITE.secretKey });
  const random = seededRandom(seed);
  try {
    const all = distinct(file === undefined ? drillLog(seed, options.events, made) : await taobaoEvents(file));
    const { early, late } = parted(all);
    const readers: Comparison[] = [];
    const broken: string[] = [];
    const compareAll = async (when: string, events: readonly DrillEvent[]) => {
      await api.compact();
      for (const one of await readAll(api, path.join(folder, when), events))
        readers.push({ ...one, store: `${when}: ${one.store}` });
      if (sink) readers.push({ ...(await sink.compare(events)), store: `${when}: the table in ClickHouse` });
    };
    await defineBefore(stage);
    let sent = 0;
    const size = Math.ceil(early.length / (kills + 1));
    for (let part = 0; part <= kills; part += 1) {
      sent += await stage.send(early.slice(part * size, (part + 1) * size), rate);
      await stage.drain(PATIENCE_MS);
      if (part === kills) continue;
      await Promise.all([
        killCompaction(stage, api, random() * KILL_AFTER_MS),
        part % 2 === 0 ? sink?.server.kill().then(() => sink.server.restart()) : undefined,
      ]);
      const fault = await readable(api, path.join(folder, `kill-${part}`));
      if (fault !== undefined) broken.push(`kill ${part}: ${fault}`);
    }
    await compareAll('killed', early);
    await sink?.server.kill();
    const away = Date.now();
    sent += await stage.send(late, rate);
    if (sink) {
      await sleep(Math.max(0, away + (1_000 * options.awaySeconds) / SPEED - Date.now()));
      await sink.server.restart();
    }
    await stage.drain(PATIENCE_MS);
    await compareAll('late', all);
    const personOf = (visitor: string) => (file === undefined ? personOfVisitor(visitor, made) : visitor);
    readers.push(...(await compareAttributes(stage, all, personOf, kills)));
    const visitors = [...new Set(all.map(({ anonymousId }) => anonymousId))].sort(() => random() - 0.5);
    const erased = new Set(visitors.slice(0, options.erasures));
    await eraseAll(stage, [...erased]);
    const stays = all.filter(({ anonymousId }) => !erased.has(anonymousId));
    await stage.drain(PATIENCE_MS);
    await compareAll('erased', stays);
    const left = await leftOf(stage, erased);
    const clean = readers.every(({ lost, double }) => lost + double === 0) && broken.length + left.length === 0;
    return { sent, late: late.length, kills, erased: erased.size, readers, broken, left, clean };
  } finally {
    await stage.close();
    await sink?.server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Each event of a visitor once. */
function distinct(log: readonly DrillEvent[]): DrillEvent[] {
  return [...new Map(log.map((event) => [`${event.anonymousId} ${event.id}`, event])).values()];
}

/** A week in the middle comes late. */
function parted(all: readonly DrillEvent[]): { readonly early: DrillEvent[]; readonly late: DrillEvent[] } {
  const newest = all.reduce((most, { occurredAt }) => Math.max(most, Date.parse(occurredAt)), 0);
  const isLate = ({ occurredAt }: DrillEvent) => {
    const age = newest - Date.parse(occurredAt);
    return age > DAY_MS && age <= 8 * DAY_MS;
  };
  return { early: all.filter((event) => !isLate(event)), late: all.filter(isLate) };
}

async function killCompaction({ vitrine }: Stage, api: LakeApi, afterMs: number): Promise<void> {
  const before = vitrine.restarts();
  const compacting = api.compact().catch(() => undefined);
  await sleep(afterMs);
  for (const pid of await vitrine.workerdPids()) process.kill(pid, 'SIGKILL');
  await waitUntil('workerd is back', async () => vitrine.restarts() > before, 60_000);
  await compacting;
}

/** What is wrong with the table as it is pointed to now; nothing where there is none yet. */
async function readable(api: LakeApi, folder: string): Promise<string | undefined> {
  const table = await api.table().catch(() => undefined);
  if (!table) return undefined;
  try {
    const location = await copyTable(api, folder);
    const [row] = await queryClickHouse(`SELECT count() FROM icebergLocal('${location}')`, folder);
    // What came with a compaction that was killed is there, or is not: one that has been published is whole.
    return Number(row?.[0]) === (await api.table()).rows ? undefined : `${row?.[0]} of ${table.rows} rows`;
  } catch (error) {
    return String(error);
  }
}

/** What each reader counts, against the log. */
async function readAll(api: LakeApi, folder: string, events: readonly DrillEvent[]): Promise<Comparison[]> {
  const byHour = count(
    events.map(({ type, occurredAt }) => `${Math.floor(Date.parse(occurredAt) / 3_600_000)} ${type}`),
  );
  const ids = count(events.map(({ anonymousId, id }) => `a/${anonymousId} ${id}`));
  const location = await copyTable(api, folder);
  const clickhouse = (sql: string) => queryClickHouse(sql, folder);
  const table = `icebergLocal('${location}')`;
  const hours = await clickhouse(
    `SELECT intDiv(toUnixTimestamp(time), 3600), type, count() FROM ${table} GROUP BY 1, 2`,
  );
  const rows = await clickhouse(`SELECT concat(ledger, ' ', event_id), count() FROM ${table} GROUP BY 1`);
  const read = await readIceberg((await api.table()).location, folder);
  const lake = await openLake(api, path.join(folder, 'duckdb'));
  const duck = await lake.runAndReadAll(
    'SELECT epoch_ms(time) // 3600000 AS hour, type, count(*) AS events FROM events GROUP BY 1, 2',
  );
  lake.closeSync();
  return [
    compare(
      'ClickHouse, by type and hour',
      byHour,
      new Map(hours.map(([hour, type, n]) => [`${hour} ${type}`, Number(n)])),
    ),
    compare('ClickHouse, ids', ids, new Map(rows.map(([id, n]) => [`${id}`, Number(n)]))),
    compare(
      'icebird, by type and hour',
      byHour,
      count(read.map(({ time, type }) => `${Math.floor((time as Date).getTime() / 3_600_000)} ${type}`)),
    ),
    compare('icebird, ids', ids, count(read.map(({ ledger, event_id: id }) => `${ledger} ${id}`))),
    compare(
      'npm run lake -- sql',
      byHour,
      new Map(duck.getRows().map(([hour, type, n]) => [`${hour} ${type}`, Number(n)])),
    ),
  ];
}

async function eraseAll({ vitrine }: Stage, visitors: readonly string[]): Promise<void> {
  const access = { url: vitrine.url, key: SITE.secretKey };
  const queue = [...visitors];
  await Promise.all(
    Array.from({ length: ERASURES_AT_ONCE }, async () => {
      for (let visitor = queue.pop(); visitor !== undefined; visitor = queue.pop())
        await call(access, `/api/devices/${visitor}`, { method: 'DELETE' });
    }),
  );
  const isDone = async () => {
    await vitrine.scheduled();
    const db = await vitrine.getD1('DB');
    const row = await db
      .prepare('SELECT COUNT(*) AS open FROM erasures WHERE finished_at IS NULL')
      .first<{ open: number }>();
    return row?.open === 0;
  };
  await waitUntil('all are erased', isDone, PATIENCE_MS);
}

/** Objects of the table and its files that hold an id of somebody. */
async function leftOf({ vitrine }: Stage, erased: ReadonlySet<string>): Promise<string[]> {
  const bucket = await vitrine.getR2('LAKE');
  const left: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await bucket.list({ prefix: parquetPrefix(SITE.id), ...(cursor !== undefined && { cursor }) });
    for (const { key } of page.objects) {
      const bytes = new Uint8Array((await (await bucket.get(key))?.arrayBuffer()) ?? new ArrayBuffer(0));
      const held = key.endsWith('.parquet')
        ? (await decodeRows(bytes, ['ledger'])).map(({ ledger }) => String(ledger).slice(2))
        : [...new TextDecoder('latin1').decode(bytes).matchAll(/[\w-]+/g)].map(([word]) => word);
      if (held.some((word) => erased.has(word))) left.push(key);
    }
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return left;
}
