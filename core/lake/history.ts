import { allows } from '../consent/allows.ts';
import { DAY_MS } from '../time.ts';
import { eventOf, type LakeRow } from './columns.ts';
import type { RawEvent } from './raw-object.ts';

/**
 * History: events that are too old for the profiles to count them exactly. They go to the lake only, under message ids of their own, and count
 * from there: once an event, in the commit that first brings it into its hour.
 */
const PREFIX = 'history:';
/** 1970-01-01 was a Thursday. */
const MONDAY_OFFSET_DAYS = 3;

/** The message id of what an import brings as history. */
export function historyMessageId(id: string): string {
  return `${PREFIX}${id}`;
}

/** Whether an event came as history: no profile knows of it. */
export function isHistory({ messageId }: Pick<RawEvent, 'messageId'>): boolean {
  return messageId.startsWith(PREFIX);
}

/** The Monday, 00:00 UTC, of a time's week; both in ms since 1970. History waits for compaction by weeks, so that a round of it opens few hours. */
export function weekOf(time: number): number {
  const day = Math.floor(time / DAY_MS);
  return (day - ((((day + MONDAY_OFFSET_DAYS) % 7) + 7) % 7)) * DAY_MS;
}

/**
 * What history brings that an hour did not hold before, and that may be counted: its visitors agreed to analytics and are no bots.
 *
 * @param before rows of the hour as they were.
 * @param after rows as they are now, each event once.
 */
export function newHistory(site: string, before: readonly LakeRow[], after: readonly LakeRow[]): RawEvent[] {
  const fresh = after.filter((row) => String(row.message_id).startsWith(PREFIX));
  if (fresh.length === 0) return [];
  const keyOf = (row: LakeRow) => `${row.ledger_hash} ${row.event_id}`;
  const known = new Set(before.map(keyOf));
  return fresh
    .filter((row) => !known.has(keyOf(row)))
    .map((row) => eventOf(site, row))
    .filter((event) => !event.client.bot && allows(event, 'analytics'));
}
