import { decodeRows } from '../../core/lake/parquet.ts';
import { call, lakeApi } from '../../ops/lake/lake-api.ts';
import type { Vitrine } from '../../ops/runtime/start-vitrine.ts';
import { type DrillEvent, personOfVisitor } from './drill-log.ts';

/** What a store holds, as counts by key. */
export type Counts = Map<string, number>;

/** One line of the drill's table: events that a store should hold, and what it held too little or too much of. */
export interface Comparison {
  readonly store: string;
  readonly expected: number;
  readonly lost: number;
  readonly double: number;
  /** Some keys that differ. */
  readonly examples: readonly string[];
}

export interface DrillSite {
  readonly id: string;
  readonly writeKey: string;
  readonly secretKey: string;
}

/** Holds profiles, rollups, orders and compacted lake against an independent count of the log. */
export async function compareStores(
  vitrine: Vitrine,
  site: DrillSite,
  log: readonly DrillEvent[],
  visitors: number,
): Promise<Comparison[]> {
  const events = [...new Map(log.map((event) => [`${event.anonymousId} ${event.id}`, event])).values()];
  const access = { url: vitrine.url, key: site.secretKey };
  await lakeApi(access).compact();
  const report = (await (await call(access, '/api/reconciliation', { method: 'POST' })).json()) as {
    verdict: string;
    profiles: { differing: unknown[] };
  };
  return [
    compare('profiles', expectedProfiles(events, visitors), await readProfiles(vitrine, site, events)),
    compare('rollups', count(events.map(cellOf)), await readRollups(vitrine, site)),
    compare('orders', expectedOrders(events), await readOrders(vitrine, site)),
    compare(
      'lake',
      count(events.map(({ anonymousId, id }) => `a/${anonymousId} ${id}`)),
      await readLake(vitrine, site),
    ),
    compare('reconciliation', new Map([['ok', 1]]), new Map([[report.verdict, 1]])),
  ];
}

/** Holds what a store has against what it should have. */
export function compare(store: string, expected: Counts, found: Counts): Comparison {
  let [lost, double] = [0, 0];
  const examples: string[] = [];
  for (const key of new Set([...expected.keys(), ...found.keys()])) {
    const difference = (found.get(key) ?? 0) - (expected.get(key) ?? 0);
    if (difference < 0) lost -= difference;
    if (difference > 0) double += difference;
    if (difference !== 0 && examples.length < 3)
      examples.push(`${key}: ${expected.get(key) ?? 0} → ${found.get(key) ?? 0}`);
  }
  return { store, expected: [...expected.values()].reduce((sum, n) => sum + n, 0), lost, double, examples };
}

/** How often each key comes. */
export function count(keys: Iterable<string>): Counts {
  const counts: Counts = new Map();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

const cellOf = ({ occurredAt, type }: DrillEvent) => `${Math.floor(Date.parse(occurredAt) / 3_600_000)} ${type}`;

/** Each visitor sees the profile of the person that he is. */
function expectedProfiles(events: readonly DrillEvent[], visitors: number): Counts {
  const persons = Map.groupBy(events, ({ anonymousId }) => personOfVisitor(anonymousId, visitors));
  const keys: string[] = [];
  for (const visitor of new Set(events.map(({ anonymousId }) => anonymousId)))
    for (const { type } of persons.get(personOfVisitor(visitor, visitors)) ?? []) keys.push(`${visitor} ${type}`);
  return count(keys);
}

async function readProfiles(vitrine: Vitrine, site: DrillSite, events: readonly DrillEvent[]): Promise<Counts> {
  const found: Counts = new Map();
  for (const visitor of new Set(events.map(({ anonymousId }) => anonymousId))) {
    const query = new URLSearchParams({ anonymousId: visitor });
    const headers = { authorization: `Bearer ${site.secretKey}` };
    const response = await fetch(`${vitrine.url}/v/profile?${query}`, { headers });
    const { counts = {} } = (await response.json()) as { counts?: Record<string, number> };
    for (const [type, events] of Object.entries(counts)) found.set(`${visitor} ${type}`, events);
  }
  return found;
}

async function readRollups(vitrine: Vitrine, site: DrillSite): Promise<Counts> {
  const db = await vitrine.getD1('DB');
  const { results } = await db
    .prepare('SELECT hour, type, events FROM rollups WHERE site = ?')
    .bind(site.id)
    .all<{ hour: number; type: string; events: number }>();
  return new Map(results.map(({ hour, type, events }) => [`${hour} ${type}`, events]));
}

/** Of an order that was told several times the newest stands, by (time, event id). */
function expectedOrders(events: readonly DrillEvent[]): Counts {
  const orders = events
    .filter(({ type }) => type === 'order_completed')
    .sort((a, b) => Date.parse(a.occurredAt) - Date.parse(b.occurredAt) || (a.id < b.id ? -1 : 1));
  const newest = new Map(orders.map((event) => [String(event.properties?.order_id), event.properties?.total]));
  return new Map([...newest].map(([id, total]) => [`${id} ${total}`, 1]));
}

async function readOrders(vitrine: Vitrine, site: DrillSite): Promise<Counts> {
  const db = await vitrine.getD1('DB');
  const { results } = await db
    .prepare('SELECT order_id, total FROM orders WHERE site = ?')
    .bind(site.id)
    .all<{ order_id: string; total: number }>();
  return new Map(results.map(({ order_id: id, total }) => [`${id} ${total}`, 1]));
}

async function readLake(vitrine: Vitrine, site: DrillSite): Promise<Counts> {
  const api = lakeApi({ url: vitrine.url, key: site.secretKey });
  const { files } = await api.manifest();
  const found: string[] = [];
  for (const { key } of files) {
    const rows = await decodeRows(await api.download(key), ['ledger', 'event_id']);
    for (const row of rows) found.push(`${row.ledger} ${row.event_id}`);
  }
  return count(found);
}
