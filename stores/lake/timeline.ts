import type { Ledger } from '../../core/identity/ledger.ts';
import type { RawEvent } from '../../core/lake/raw-object.ts';
import { hourOf } from '../../core/time.ts';
import { ledgerEvents } from './ledger-events.ts';
import { newestPartitions } from './partitions.ts';
import { newestRawKeys, readRaw } from './raw-objects.ts';

/** Hours of the lake, and raw objects that are not in it yet, that one look reads. */
const MAX_HOURS = 24;
const MAX_RAW = 200;
const RAW_AT_ONCE = 10;
/** Raw objects lie there until their hour is compacted, which takes some minutes after its end. */
const RAW_HOURS = 2;

/** Events of a person, the newest first. */
export interface Timeline {
  readonly events: readonly RawEvent[];
  /** The hour of event time, since 1970, below which nothing was looked at; null where all was. */
  readonly before: number | null;
}

/**
 * The newest events of some ledgers: from what has arrived last and is not compacted yet, then hour by hour backwards, as far as one look goes.
 *
 * @param before goes on below that hour, where an earlier look ended.
 */
export async function readTimeline(
  env: Env,
  site: string,
  ledgers: readonly Ledger[],
  { limit, before }: { readonly limit: number; readonly before?: number | undefined },
  now: number,
): Promise<Timeline> {
  const found = new Map<string, RawEvent>();
  const take = (events: readonly RawEvent[]) => {
    for (const event of events) if (!found.has(event.id)) found.set(event.id, event);
  };
  if (before === undefined) take(await rawEventsOf(env, site, new Set<string>(ledgers), now));
  const partitions = await newestPartitions(env, site, before, MAX_HOURS + 1);
  let reached: number | null = null;
  for (const [index, { hour, files }] of partitions.entries()) {
    if (index >= MAX_HOURS || found.size >= limit) {
      reached = hour + 1;
      break;
    }
    for (const file of files) take(await ledgerEvents(env, site, file, ledgers));
  }
  const events = [...found.values()].sort((a, b) => b.time - a.time || (a.id < b.id ? 1 : -1));
  return { events, before: reached };
}

/** Events that have arrived within the last hours, from the newest raw objects. */
async function rawEventsOf(env: Env, site: string, ledgers: ReadonlySet<string>, now: number): Promise<RawEvent[]> {
  const keys = await newestRawKeys(env, site, hourOf(now) - RAW_HOURS, MAX_RAW);
  const events: RawEvent[] = [];
  for (let at = 0; at < keys.length; at += RAW_AT_ONCE) {
    const read = await Promise.all(keys.slice(at, at + RAW_AT_ONCE).map((key) => readRaw(env, key)));
    for (const raw of read) events.push(...(raw?.events.filter(({ ledger }) => ledgers.has(ledger)) ?? []));
  }
  return events;
}
