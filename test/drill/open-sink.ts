import { setupClickHouse } from '../../ops/clickhouse/setup.ts';
import { waitUntil } from '../../ops/wait-until.ts';
import { rowsOfClickHouse } from '../../stores/warehouse/clickhouse-server.ts';
import { startClickHouse } from '../clickhouse/start-server.ts';
import { type Comparison, compare, count } from './compare.ts';
import type { DrillEvent } from './drill-log.ts';

/** How long the last rows, and deletions, may take. */
const PATIENCE_MS = 60_000;

/** A ClickHouse server with the table of events, to be written to by a stage with these vars. */
export async function openSink(folder: string) {
  const server = await startClickHouse(folder);
  const access = { url: server.url, database: 'vitrine', user: 'default', password: '' };
  await setupClickHouse(access);
  const rowsOf = (query: string) => rowsOfClickHouse(access, query);
  return {
    server,
    vars: { CLICKHOUSE_URL: server.url, CLICKHOUSE_USER: 'default' },
    /** Each event once, with its type and hour; nothing else. */
    compare: async (events: readonly DrillEvent[]): Promise<Comparison> => {
      const hourOf = ({ occurredAt }: DrillEvent) => Math.floor(Date.parse(occurredAt) / 3_600_000);
      const expected = count(
        events.map((event) => `a/${event.anonymousId} ${event.id} ${event.type} ${hourOf(event)}`),
      );
      // Whatever is still under way: the queue is empty, a deletion goes on.
      const isThere = async () => Number((await rowsOf('SELECT count() FROM events FINAL'))[0]?.[0]) === events.length;
      await waitUntil('ClickHouse has all', isThere, PATIENCE_MS).catch(() => undefined);
      const found = await rowsOf(
        "SELECT concat(ledger, ' ', event_id, ' ', type, ' ', toString(intDiv(time, 3600000))) AS row, count() FROM events FINAL GROUP BY row",
      );
      return compare('', expected, new Map(found.map(([row, times]) => [`${row}`, Number(times)])));
    },
  };
}
