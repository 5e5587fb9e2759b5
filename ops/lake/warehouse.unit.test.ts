import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { Dialect, parse } from '@polyglot-sql/sdk';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { COLUMNS, rowOf } from '../../core/lake/columns.ts';
import { encodeRows } from '../../core/lake/parquet.ts';
import type { RawEvent } from '../../core/lake/raw-object.ts';
import { columnDictionary } from './column-dictionary.ts';
import { DOC_QUERIES, WAREHOUSE_DOC } from './doc-queries.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const START = Date.parse('2026-03-02T10:00:00Z');

let number = 0;
/** An event of a visitor, so long after the start. */
function event(visitor: string, type: string, afterMs: number, more: Partial<RawEvent> = {}): RawEvent {
  number += 1;
  const time = START + afterMs;
  return {
    v: 2,
    site: 'shop',
    ledger: `a/${visitor}`,
    messageId: `m${number}`,
    receivedAt: time,
    client: { device: 'desktop', bot: false },
    id: `e${number}`,
    type,
    time,
    occurredAt: new Date(time).toISOString(),
    fingerprint: 0,
    ...more,
  } as RawEvent;
}
const order = (visitor: string, id: string, total: number, afterMs: number, more: Partial<RawEvent> = {}) =>
  event(visitor, 'order_completed', afterMs, { properties: { order_id: id, total, currency: 'CHF' }, ...more });

/** Ann comes by a campaign, goes away, orders, tells it twice, and orders again in April; Bob looks, adds, and never orders; Cleo orders out of nowhere. */
const EVENTS = [
  event('ann', 'page_viewed', 0, { campaign: { source: 'news', name: 'spring' } }),
  event('ann', 'product_viewed', 5 * MINUTE_MS),
  event('ann', 'product_added', 40 * MINUTE_MS),
  order('ann', 'o1', 80, 45 * MINUTE_MS),
  order('ann', 'o1', 99, 46 * MINUTE_MS),
  order('ann', 'o2', 20, 40 * DAY_MS),
  event('bob', 'product_viewed', DAY_MS),
  event('bob', 'product_added', DAY_MS + MINUTE_MS),
  order('bob', 'o3', 10, 3 * DAY_MS),
  order('cleo', 'o4', 50, DAY_MS, { userId: 'c' }),
  event('robot', 'product_viewed', 0, { client: { device: 'bot', bot: true } as RawEvent['client'] }),
];

describe('docs/warehouse.md', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vitrine-warehouse-'));
  let connection: DuckDBConnection;
  beforeAll(async () => {
    const file = path.join(folder, 'events.parquet');
    writeFileSync(file, await encodeRows(EVENTS.map(rowOf)));
    connection = await (await DuckDBInstance.create()).connect();
    await connection.run("SET TimeZone = 'UTC'");
    await connection.run(`CREATE VIEW events AS SELECT * FROM read_parquet('${file}')`);
  });
  afterAll(() => {
    connection.closeSync();
    rmSync(folder, { recursive: true, force: true });
  });
  const rowsOf = async (name: string) =>
    (await connection.runAndReadAll(DOC_QUERIES.get(name) ?? `no query ${name}`)).getRowObjectsJson();

  it('has the columns as they are', ({ expect }) => {
    expect(WAREHOUSE_DOC.includes(columnDictionary()) || 'npm run lake -- columns prints another table').toBe(true);
    expect(COLUMNS.length).toBeGreaterThan(40);
  });

  it('has queries that answer what they say', async ({ expect }) => {
    expect([...DOC_QUERIES.keys()]).toEqual(['sessions', 'funnel', 'revenue', 'attribution', 'cohorts']);
    const sessions = await rowsOf('sessions');
    expect(
      sessions.map(({ ledger, session, events, orders }) => [ledger, Number(session), Number(events), Number(orders)]),
    ).toEqual([
      ['a/ann', 1, 2, 0],
      ['a/ann', 2, 3, 2],
      ['a/ann', 3, 1, 1],
      ['a/bob', 1, 2, 0],
      ['a/bob', 2, 1, 1],
      ['a/cleo', 1, 1, 1],
    ]);
    expect(await rowsOf('funnel')).toEqual([{ viewed: '2', added: '2', ordered: '1' }]);
    expect(await rowsOf('revenue')).toEqual([
      { day: '2026-03-02', currency: 'CHF', orders: '1', revenue: 80 },
      { day: '2026-03-03', currency: 'CHF', orders: '1', revenue: 50 },
      { day: '2026-03-05', currency: 'CHF', orders: '1', revenue: 10 },
      { day: '2026-04-11', currency: 'CHF', orders: '1', revenue: 20 },
    ]);
    expect(await rowsOf('attribution')).toEqual([
      { source: 'news', campaign: 'spring', orders: '1', revenue: 80 },
      { source: 'none', campaign: null, orders: '3', revenue: 80 },
    ]);
    expect(await rowsOf('cohorts')).toEqual([
      { cohort: '2026-03-01', months_later: '0', customers: '3' },
      { cohort: '2026-03-01', months_later: '1', customers: '1' },
    ]);
  });
});

/** Statements of which the parser has no grammar: by their first words. */
const UNPARSED: readonly string[] = [
  'CREATE EXTERNAL VOLUME',
  'CREATE CATALOG INTEGRATION',
  'CREATE STAGE',
  'ALTER TASK',
  'CREATE ROLE',
  'CREATE EXTERNAL SCHEMA',
];
const isUnparsed = (sql: string) => UNPARSED.some((words) => sql.startsWith(words));

describe.for([
  ['snowflake', Dialect.Snowflake, 'events_copied'],
  ['redshift', Dialect.Redshift, 'events'],
] as const)('docs/warehouse/%s.sql', ([name, dialect, table]) => {
  const text = readFileSync(new URL(`../../docs/warehouse/${name}.sql`, import.meta.url), 'utf8');
  const statements = text
    .replaceAll(/^--.*$/gm, '')
    // A block in dollars is one statement.
    .split(/;\s*\n\n(?![^$]*\$\$;)/)
    .map((statement) => statement.trim().replace(/;$/, ''))
    .filter((statement) => statement !== '');

  it.for(statements.filter((sql) => !isUnparsed(sql)).map((sql) => [sql.slice(0, 40), sql] as const))(
    'is parsed: %s',
    ([, sql], { expect }) => {
      const { success, ast, error } = parse(sql, dialect);
      expect([success, error ?? '']).toEqual([true, '']);
      // What it does not understand it keeps as it is.
      expect((ast as unknown as object[]).map((one) => Object.keys(one)[0])).not.toContain('raw');
    },
  );

  it('has statements that are not parsed, each of a kind that is known, and breaks are found', ({ expect }) => {
    expect(statements.filter(isUnparsed).length).toBeLessThan(statements.length / 2);
    expect(
      parse('MERGE INTO a USING b ON a.x = b.x WHEN NOT MATCHD THEN INSERT (x) VALUES (b.x)', dialect).success,
    ).toBe(false);
  });

  it('makes a table with the columns of the lake', ({ expect }) => {
    const create = statements.find((sql) => sql.startsWith(`CREATE TABLE ${table} (`)) ?? '';
    const columns = [
      ...create.matchAll(/(?:^|[(,])\s*"?(\w+)"? (?:VARCHAR|TIMESTAMP|TIMESTAMP_TZ|DOUBLE|BOOLEAN)\b/g),
    ].map(([, column]) => column);
    expect(columns.filter((column) => column !== 'file')).toEqual(COLUMNS.map((column) => column.name));
  });
});
