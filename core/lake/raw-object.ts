import type { Client, EnrichedEvent, EventMessage } from '../events/message.ts';
import type { Ledger } from '../identity/ledger.ts';

/** One line of a raw lake object: an event with who, where and under which message it came. Version 1 had `anonymousId` for `ledger`. */
export interface RawEvent extends EnrichedEvent {
  readonly v: 2;
  readonly site: string;
  readonly ledger: Ledger;
  readonly messageId: string;
  /** ms since 1970 */
  readonly receivedAt: number;
  readonly client: Client;
}

/** The events of a message as lake lines, those that `keep` lets through. */
export function rawEvents(message: EventMessage, keep: (index: number) => boolean): RawEvent[] {
  const { site, ledger, receivedAt, client, id } = message;
  return message.events
    .filter((_, index) => keep(index))
    .map((event) => ({ v: 2, site, ledger, messageId: id, receivedAt, client, ...event }));
}

/**
 * Key of a raw object: Hive partitions by the hour of arrival, then a name made from the messages inside, so that a redelivered
 * batch writes the same object again. Compaction sorts the events into partitions of their own time.
 */
export function rawObjectKey(site: string, receivedAt: number, name: string): string {
  const iso = new Date(receivedAt).toISOString();
  return `raw/site=${site}/date=${iso.slice(0, 10)}/hour=${iso.slice(11, 13)}/${name}.ndjson.gz`;
}
