import type { ErasedEvents } from '../../core/warehouse/clickhouse.ts';
import type { WarehouseMessage } from '../../core/warehouse/message.ts';
import type { ClickHouseAccess } from './clickhouse-server.ts';

/** Ledgers that one message names: well below what a message may weigh. */
const PER_MESSAGE = 200;

/** The ClickHouse server that events are written to; nothing where there is none. */
export function clickHouseAccess(env: Env): ClickHouseAccess | undefined {
  if (env.CLICKHOUSE_URL === '') return undefined;
  // A secret, which is in no configuration file.
  const { CLICKHOUSE_PASSWORD: password = '' } = env as Env & { readonly CLICKHOUSE_PASSWORD?: string };
  return { url: env.CLICKHOUSE_URL, database: env.CLICKHOUSE_DATABASE, user: env.CLICKHOUSE_USER, password };
}

/** Has the rows of a raw object written to ClickHouse, where there is one. Before what brought them is acknowledged: the queue keeps it from then on. */
export async function offerRows(env: Env, site: string, key: string): Promise<void> {
  if (clickHouseAccess(env)) await env.CLICKHOUSE.send({ v: 1, kind: 'rows', site, key } satisfies WarehouseMessage);
}

/** Has what was erased deleted from ClickHouse, where there is one. */
export async function offerErasure(env: Env, site: string, erased: readonly ErasedEvents[]): Promise<void> {
  if (!clickHouseAccess(env)) return;
  for (let from = 0; from < erased.length; from += PER_MESSAGE) {
    const some = erased.slice(from, from + PER_MESSAGE);
    await env.CLICKHOUSE.send({ v: 1, kind: 'erase', site, erased: some } satisfies WarehouseMessage);
  }
}
