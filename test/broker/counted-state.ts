import { gunzipSync } from 'node:zlib';
import { type Ledger, ledgerId } from '../../core/identity/ledger.ts';
import type { Vitrine } from '../../ops/runtime/start-vitrine.ts';

/** What a set of events comes to, wherever it is counted: by visitor and type, by hour and type, and as distinct ids. */
export interface CountedState {
  /** Visitor → type → events. */
  readonly profiles: Record<string, Record<string, number>>;
  /** `<hour since 1970> <type>` → events. */
  readonly rollups: Record<string, number>;
  /** `<visitor> <event id>`, sorted. */
  readonly lake: readonly string[];
}

/** An event as far as counting needs it; `time` in ms since 1970. */
export interface CountableEvent {
  readonly id: string;
  readonly type: string;
  readonly anonymousId: string;
  readonly time: number;
}

const HOUR_MS = 3_600_000;

/** Counts events by themselves, each id of a visitor once: what Vitrine must come to. */
export function countEvents(events: Iterable<CountableEvent>): CountedState {
  const distinct = new Map<string, CountableEvent>();
  for (const event of events) distinct.set(`${event.anonymousId} ${event.id}`, event);
  const profiles: Record<string, Record<string, number>> = {};
  const rollups: Record<string, number> = {};
  for (const { anonymousId, type, time } of distinct.values()) {
    profiles[anonymousId] ??= {};
    const counts = profiles[anonymousId];
    counts[type] = (counts[type] ?? 0) + 1;
    const cell = `${Math.floor(time / HOUR_MS)} ${type}`;
    rollups[cell] = (rollups[cell] ?? 0) + 1;
  }
  return { profiles, rollups, lake: [...distinct.keys()].sort() };
}

/** Reads what Vitrine counted for a site, from its profiles over HTTP, from D1 and from the lake. */
export async function readCountedState(
  vitrine: Vitrine,
  site: string,
  secretKey: string,
  visitors: readonly string[],
): Promise<CountedState> {
  return {
    profiles: await readProfiles(vitrine.url, secretKey, visitors),
    rollups: await readRollups(vitrine, site),
    lake: await readLake(vitrine, site),
  };
}

async function readProfiles(url: string, key: string, visitors: readonly string[]): Promise<CountedState['profiles']> {
  const profiles: CountedState['profiles'] = {};
  for (const visitor of visitors) {
    const query = new URLSearchParams({ anonymousId: visitor });
    const headers = { authorization: `Bearer ${key}` };
    const response = await fetch(`${url}/v/profile?${query}`, { headers });
    if (!response.ok) throw new Error(`GET /v/profile answered ${response.status}: ${await response.text()}`);
    const { counts } = (await response.json()) as { counts: Record<string, number> };
    profiles[visitor] = counts;
  }
  return profiles;
}

async function readRollups(vitrine: Vitrine, site: string): Promise<CountedState['rollups']> {
  const db = await vitrine.getD1('DB');
  const { results } = await db
    .prepare('SELECT hour, type, events FROM rollups WHERE site = ?')
    .bind(site)
    .all<{ hour: number; type: string; events: number }>();
  return Object.fromEntries(results.map(({ hour, type, events }) => [`${hour} ${type}`, events]));
}

/** Distinct (visitor, event id) over all raw objects; a redelivery may have left an event in two of them. */
async function readLake(vitrine: Vitrine, site: string): Promise<string[]> {
  const bucket = await vitrine.getR2('LAKE');
  const distinct = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await bucket.list({ prefix: `raw/site=${site}/`, ...(cursor === undefined ? {} : { cursor }) });
    for (const { key } of page.objects) {
      const object = await bucket.get(key);
      if (!object) throw new Error(`the lake lost ${key}`);
      const text = gunzipSync(Buffer.from(await object.arrayBuffer())).toString('utf8');
      for (const line of text.split('\n').filter(Boolean)) {
        const { ledger, id } = JSON.parse(line) as { ledger: Ledger; id: string };
        distinct.add(`${ledgerId(ledger)} ${id}`);
      }
    }
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return [...distinct].sort();
}
