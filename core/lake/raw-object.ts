import { z } from 'zod';
import {
  type Client,
  clientSchema,
  type EnrichedEvent,
  type EventMessage,
  enrichedEventSchema,
} from '../events/message.ts';
import { deviceLedger, isLedger, type Ledger } from '../identity/ledger.ts';
import { HOUR_MS } from '../time.ts';

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

const origin = { site: z.string(), messageId: z.string(), receivedAt: z.int(), client: clientSchema };
const rawEventSchema = z.union([
  enrichedEventSchema.extend({
    v: z.literal(2),
    ...origin,
    ledger: z.string().refine(isLedger, 'must be "a/…" or "u/…"'),
  }),
  enrichedEventSchema
    .extend({ v: z.literal(1), ...origin, anonymousId: z.string() })
    .transform(({ anonymousId, ...event }): RawEvent => ({ ...event, v: 2, ledger: deviceLedger(anonymousId) })),
]);

/** The events of a message as lake lines, those that `keep` lets through. */
export function rawEvents(message: EventMessage, keep: (index: number) => boolean): RawEvent[] {
  const { site, ledger, receivedAt, client, id } = message;
  return message.events
    .filter((_, index) => keep(index))
    .map((event) => ({ v: 2, site, ledger: ledger as Ledger, messageId: id, receivedAt, client, ...event }));
}

/** The content of a raw object: a line an event. */
export function formatRaw(events: readonly RawEvent[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

/** The events of a raw object, and the lines that are none, by their numbers from 1. */
export function parseRaw(text: string): { readonly events: RawEvent[]; readonly broken: number[] } {
  const events: RawEvent[] = [];
  const broken: number[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue;
    const event = parseLine(line);
    if (event) events.push(event);
    else broken.push(index + 1);
  }
  return { events, broken };
}

function parseLine(line: string): RawEvent | undefined {
  try {
    return rawEventSchema.safeParse(JSON.parse(line)).data as RawEvent | undefined;
  } catch {
    return undefined;
  }
}

/**
 * Key of a raw object: Hive partitions by the hour of arrival, then a name made from the messages inside, so that a redelivered
 * batch writes the same object again. Compaction sorts the events into partitions of their own time.
 */
export function rawObjectKey(site: string, receivedAt: number, name: string): string {
  const iso = new Date(receivedAt).toISOString();
  return `${rawPrefix(site)}date=${iso.slice(0, 10)}/hour=${iso.slice(11, 13)}/${name}.ndjson.gz`;
}

/** What the keys of a site's raw objects begin with. */
export function rawPrefix(site: string): string {
  return `raw/site=${site}/`;
}

/** The hour of arrival (hours since 1970) that a raw object's key names. */
export function hourOfRawKey(key: string): number {
  const [, date, hour] = /\/date=(\d{4}-\d\d-\d\d)\/hour=(\d\d)\//.exec(key) ?? [];
  return Date.parse(`${date}T${hour}:00:00Z`) / HOUR_MS;
}
