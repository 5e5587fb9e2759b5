import path from 'node:path';
import { expect, test } from 'vitest';
import { hasClickHouseServer } from '../drill/clickhouse/start-server.ts';
import { runTable } from '../drill/run-table.ts';

test('ClickHouse and icebird read the lake’s table as it is, after compactions killed half-way, a late week, and erasures', async () => {
  const root = path.resolve(import.meta.dirname, '../..');
  const report = await runTable(root, { seed: 7, events: 2_000, kills: 2, erasures: 6, rate: 1_000, awaySeconds: 300 });
  expect(report).toMatchObject({ kills: 2, erased: 6, broken: [], left: [] });
  expect(report.late).toBeGreaterThan(1_000);
  for (const { store, expected, lost, double, examples } of report.readers) {
    expect(expected).toBeGreaterThan(100);
    expect([store, lost, double, examples]).toEqual([store, 0, 0, []]);
  }
  // Where Debian’s package clickhouse-server is, as in CI, what it was sent is compared as well.
  expect(report.readers).toHaveLength(hasClickHouseServer() ? 18 : 15);
});
