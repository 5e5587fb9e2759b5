import { eventOf } from '../../core/lake/columns.ts';
import type { RawEvent } from '../../core/lake/raw-object.ts';
import { DAY_MS, HOUR_MS, hourOf } from '../../core/time.ts';
import { readParquet } from './parquet-files.ts';
import { newestPartitions } from './partitions.ts';
import { newestRawKeys, readRaw } from './raw-objects.ts';

/** How far back an event is looked for. */
const LOOK_BACK_MS = DAY_MS;
/** Files and objects that one look opens: of an event that is not among so many the data team asks the lake itself. */
const MAX_OPENED = 600;
const AT_ONCE = 8;
const RAW_HOURS = 2;

/** An event in the lake, and the object that holds it. */
export interface FoundEvent {
  readonly event: RawEvent;
  readonly key: string;
}

/** Looks for an event of the last day by its id, the newest hours first; of each file the column of ids alone is read. */
export async function findEvent(env: Env, site: string, id: string, now: number): Promise<FoundEvent | undefined> {
  const raw = await newestRawKeys(env, site, hourOf(now) - RAW_HOURS, MAX_OPENED);
  const inRaw = async (key: string) => (await readRaw(env, key))?.events.find((event) => event.id === id);
  const found = await firstOf(raw.reverse(), inRaw);
  if (found) return found;
  const oldest = hourOf(now - LOOK_BACK_MS);
  // An hour more than a day has, and one for a clock that is ahead.
  const partitions = await newestPartitions(env, site, undefined, LOOK_BACK_MS / HOUR_MS + 2);
  const files = partitions.filter(({ hour }) => hour >= oldest).flatMap((one) => one.files.map(({ key }) => key));
  return firstOf(files.slice(0, MAX_OPENED), async (key) => {
    const ids = await readParquet(env, key, ['event_id']);
    if (!ids.some((row) => row.event_id === id)) return undefined;
    const row = (await readParquet(env, key)).find((one) => one.event_id === id);
    return row && eventOf(site, row);
  });
}

async function firstOf(
  keys: readonly string[],
  look: (key: string) => Promise<RawEvent | undefined>,
): Promise<FoundEvent | undefined> {
  for (let at = 0; at < keys.length; at += AT_ONCE) {
    const some = keys.slice(at, at + AT_ONCE);
    const found = await Promise.all(some.map(look));
    for (const [index, event] of found.entries()) if (event) return { event, key: some[index] ?? '' };
  }
  return undefined;
}
