import { quoted, setupStatements } from '../../core/warehouse/clickhouse.ts';
import {
  askClickHouse,
  type ClickHouseAccess,
  EVENTS_TABLE,
  versionOf,
} from '../../stores/warehouse/clickhouse-server.ts';

/** Makes the database and the table, or adds the columns that an older one lacks. Says which statements were run. May run again. */
export async function setupClickHouse(access: ClickHouseAccess): Promise<{ version: string; ran: string[] }> {
  const version = await versionOf(access);
  const server = { ...access, database: 'default' };
  await askClickHouse(server, `CREATE DATABASE IF NOT EXISTS ${access.database}`);
  const ran = setupStatements(`${access.database}.${EVENTS_TABLE}`, version, await columnsOf(access));
  for (const statement of ran) await askClickHouse(server, statement);
  return { version, ran };
}

/** Columns of the table; none where there is no table. */
export async function columnsOf(access: ClickHouseAccess): Promise<string[]> {
  const text = await askClickHouse(
    { ...access, database: 'default' },
    `SELECT name FROM system.columns WHERE database = ${quoted(access.database)} AND table = ${quoted(EVENTS_TABLE)} FORMAT TabSeparated`,
  );
  return text.split('\n').filter((name) => name !== '');
}
