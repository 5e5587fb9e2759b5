import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { deleteStatement, rowLines, setupStatements } from '../../core/warehouse/clickhouse.ts';
import { installClickHouse, queryClickHouse } from '../clickhouse/query-clickhouse.ts';
import { hasClickHouseServer } from '../clickhouse/start-server.ts';
import { runTable } from '../drill/run-table.ts';

test('ClickHouse and icebird read the lake’s table as it is, after compactions killed half-way, a late week, erasures, and an attribute defined late', async () => {
  const root = path.resolve(import.meta.dirname, '../..');
  const report = await runTable(root, { seed: 7, events: 2_000, kills: 2, erasures: 6, rate: 1_000, awaySeconds: 300 });
  expect(report).toMatchObject({ kills: 2, erased: 6, broken: [], left: [] });
  expect(report.late).toBeGreaterThan(1_000);
  for (const { store, expected, lost, double, examples } of report.readers) {
    expect(expected).toBeGreaterThanOrEqual(store.startsWith('attributes of') ? 50 : 100);
    expect([store, lost, double, examples]).toEqual([store, 0, 0, []]);
  }
  // Where Debian’s package clickhouse-server is, as in CI, what it was sent is compared as well.
  expect(report.readers).toHaveLength(hasClickHouseServer() ? 20 : 17);
});

test('today’s ClickHouse takes the table, its rows and deletions as the sink writes them', async () => {
  await installClickHouse();
  const folder = mkdtempSync(path.join(tmpdir(), 'vitrine-chdb-'));
  try {
    const row = (id: string, hash: string, receivedAt: string) => ({
      event_id: id,
      type: 'page_viewed',
      time: new Date('2026-03-01T10:00:00.123Z'),
      received_at: new Date(receivedAt),
      ledger: `a/${hash}`,
      ledger_hash: hash,
      bot: true,
      total: 1.5,
      query: "o'\\ \n\u0000 ü😀",
    });
    const rows = [
      row('first', 'ab', '2026-03-01T10:00:01Z'),
      { ...row('first', 'ab', '2026-03-01T10:00:05Z'), query: 'came later' },
      row('second', 'cd', '2026-03-01T10:00:01Z'),
    ];
    const insert = `INSERT INTO events FORMAT JSONEachRow ${rowLines('shop', rows, 'times')}`;
    const [version] = (await queryClickHouse('SELECT version()', folder))[0] ?? [];
    const setup = setupStatements('events', String(version), []);
    const columns = 'event_id, toString(time), bot, total, query, user_id';
    const all = `SELECT ${columns} FROM events FINAL ORDER BY event_id`;
    expect(await queryClickHouse([...setup, insert, insert, all], folder)).toEqual([
      ['first', '2026-03-01 10:00:00.123', 1, 1.5, rows[0]?.query, null],
      ['second', '2026-03-01 10:00:00.123', 1, 1.5, rows[2]?.query, null],
    ]);
    const until = Date.parse('2026-03-01T10:00:00.123Z');
    const erased = (at: number) =>
      `${deleteStatement('events', 'shop', [{ ledgerHash: 'ab', until: at }], 'times')} SETTINGS mutations_sync = 1`;
    const left = 'SELECT DISTINCT event_id FROM events ORDER BY event_id';
    expect(await queryClickHouse([...setup, insert, erased(until - 1), left], folder)).toEqual([['first'], ['second']]);
    expect(await queryClickHouse([...setup, insert, erased(until), left], folder)).toEqual([['second']]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
