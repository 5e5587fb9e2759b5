import { z } from 'zod';
import { allows } from '../consent/allows.ts';
import type { Client, EnrichedEvent } from '../events/message.ts';
import { hashLedger } from '../identity/hash-ledger.ts';

/** An event that was counted, without what it says: whose it is only as a hash. */
export interface JournalEntry {
  /** The start of the SHA-256 of `<site>/<ledger>`, hex. */
  readonly owner: string;
  readonly id: string;
  /** ms since 1970 */
  readonly time: number;
  readonly type: string;
  /** Whether it counts in the rollups. */
  readonly analytics: boolean;
}

const OWNER_LENGTH = 16;
const storedSchema = z.object({
  v: z.literal(1),
  events: z.array(z.tuple([z.string(), z.string(), z.int(), z.string(), z.union([z.literal(0), z.literal(1)])])),
});

/** The entry of an event that a ledger counted. `owner` where it is known already: hashing it for each event is dear. */
export function entryOf(
  site: string,
  event: EnrichedEvent & { readonly ledger: string; readonly client: Pick<Client, 'bot'> },
  owner = ownerOf(hashLedger(site, event.ledger)),
): JournalEntry {
  return {
    owner,
    id: event.id,
    time: event.time,
    type: event.type,
    analytics: !event.client.bot && allows(event, 'analytics'),
  };
}

/** A ledger's hash as entries have it. */
export function ownerOf(ledgerHash: string): string {
  return ledgerHash.slice(0, OWNER_LENGTH);
}

/** What tells two events of a site apart. */
export function entryKey({ owner, id }: Pick<JournalEntry, 'owner' | 'id'>): string {
  return `${owner} ${id}`;
}

/** Entries as text; to be compressed. */
export function encodeJournal(entries: readonly JournalEntry[]): string {
  const events = entries.map(({ owner, id, time, type, analytics }) => [owner, id, time, type, analytics ? 1 : 0]);
  return JSON.stringify({ v: 1, events });
}

/** Reads what `encodeJournal` wrote. */
export function decodeJournal(text: string): JournalEntry[] {
  const { events } = storedSchema.parse(JSON.parse(text));
  return events.map(([owner, id, time, type, analytics]) => ({ owner, id, time, type, analytics: analytics === 1 }));
}
