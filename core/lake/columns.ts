import { contentFingerprint } from '../events/fingerprint.ts';
import { fnv1a } from '../hash.ts';
import { hashLedger } from '../identity/hash-ledger.ts';
import { ledgerId } from '../identity/ledger.ts';
import type { RawEvent } from './raw-object.ts';

/** The version of the columns, in each file's metadata under `vitrine.schema`. Columns are only ever added. */
export const SCHEMA_VERSION = 1;

export type Cell = string | number | boolean | Date | null;
type ColumnType = 'STRING' | 'TIMESTAMP' | 'DOUBLE' | 'BOOLEAN';

/** A column of the lake: its name, its Parquet type, what it means, and its value for an event. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly about: string;
  value(event: RawEvent, keyed: { readonly ledgerHash: string }): Cell;
}

const property = (name: string, type: ColumnType = 'STRING', about = `\`properties.${name}\``): Column => ({
  name,
  type,
  about,
  value: ({ properties }) => scalar(properties?.[name], type),
});
const client = (
  name: Exclude<keyof RawEvent['client'], 'headers' | 'cookies'>,
  type: ColumnType,
  about: string,
): Column => ({
  name,
  type,
  about,
  value: (event) => event.client[name] ?? null,
});
const campaign = (name: string): Column => ({
  name: `utm_${name === 'name' ? 'campaign' : name}`,
  type: 'STRING',
  about: `the address's \`utm_${name === 'name' ? 'campaign' : name}\``,
  value: (event) => event.campaign?.[name] ?? null,
});
const text = (name: string, about: string, value: (event: RawEvent) => string | undefined): Column => ({
  name,
  type: 'STRING',
  about,
  value: (event) => value(event) ?? null,
});

/** The columns of the lake, beside `site`, `date` and `hour` of event time (UTC), which stand in a file's path. */
export const COLUMNS: readonly Column[] = [
  text('event_id', 'the event’s own id; unique with `ledger`', ({ id }) => id),
  text('type', 'e.g. `product_viewed`', ({ type }) => type),
  { name: 'time', type: 'TIMESTAMP', about: 'event time on our clock, UTC', value: ({ time }) => new Date(time) },
  text('occurred_at', 'event time as the client wrote it', ({ occurredAt }) => occurredAt),
  {
    name: 'received_at',
    type: 'TIMESTAMP',
    about: 'when the edge took it in, UTC',
    value: ({ receivedAt }) => new Date(receivedAt),
  },
  text('message_id', 'the queue message under which it counts', ({ messageId }) => messageId),
  text('ledger', '`a/<anonymous id>` or `u/<user id>`: where it was counted', ({ ledger }) => ledger),
  {
    name: 'ledger_hash',
    type: 'STRING',
    about: 'SHA-256 of `<site>/<ledger>`; files are sorted by it',
    value: (_, { ledgerHash }) => ledgerHash,
  },
  text('anonymous_id', 'the device', ({ ledger }) => (ledger.startsWith('a/') ? ledgerId(ledger) : undefined)),
  text('user_id', 'the user that the event named', ({ userId }) => userId),
  {
    name: 'fingerprint',
    type: 'DOUBLE',
    about: '32 bits of FNV-1a over what the client said',
    value: ({ fingerprint }) => fingerprint,
  },
  text('proof', 'what vouched for an `identify` or `alias`', ({ proof }) => proof),
  {
    name: 'vouched',
    type: 'BOOLEAN',
    about: 'whether the shop’s server said it, by the secret key or a proof',
    value: ({ vouched }) => vouched ?? false,
  },
  text('consent', 'JSON array of granted purposes; null: all', ({ consent }) => consent && JSON.stringify(consent)),
  client('country', 'STRING', 'ISO 3166-1'),
  client('region', 'STRING', 'region of the country'),
  client('city', 'STRING', 'city'),
  client('timezone', 'STRING', 'IANA time zone'),
  client('device', 'STRING', 'desktop, mobile, tablet, tv, bot or unknown'),
  client('browser', 'STRING', 'browser’s family'),
  client('os', 'STRING', 'operating system’s family'),
  client('bot', 'BOOLEAN', 'whether the user agent is a bot’s'),
  text('referrer_host', 'another site’s host that led here', ({ referrerHost }) => referrerHost),
  ...['source', 'medium', 'name', 'term', 'content'].map(campaign),
  property('product_id'),
  property('category'),
  property('brand'),
  property('price', 'DOUBLE'),
  property('quantity', 'DOUBLE'),
  property('currency'),
  property('order_id'),
  property('total', 'DOUBLE'),
  property('query'),
  property('slot'),
  text('properties', 'all of them, JSON', ({ properties }) => properties && JSON.stringify(properties)),
  text('context', 'what the client told of itself, JSON', ({ context }) => context && JSON.stringify(context)),
  text(
    'decision',
    'of an impression or a click: what was decided, JSON; see docs/experiments.md',
    ({ decision }) => decision && JSON.stringify(decision),
  ),
  text('decision_fault', 'why its token attributes nothing', ({ decisionFault }) => decisionFault),
  text(
    'headers',
    'headers of the request that the site keeps, JSON',
    ({ client: { headers } }) => headers && JSON.stringify(headers),
  ),
  text(
    'cookies',
    'cookies of the request that the site keeps, JSON',
    ({ client: { cookies } }) => cookies && JSON.stringify(cookies),
  ),
];

/** The number of a column in Parquet files and in table formats: as columns are only added, its place, from 1 on. */
export function fieldId(name: string): number {
  return COLUMNS.findIndex((column) => column.name === name) + 1;
}

/** One event as a row, by column. */
export type LakeRow = Record<string, Cell>;

/** The row of an event. */
export function rowOf(event: RawEvent): LakeRow {
  const keyed = { ledgerHash: hashLedger(event.site, event.ledger) };
  return Object.fromEntries(COLUMNS.map((column) => [column.name, column.value(event, keyed)]));
}

/** The event of a row: `eventOf(site, rowOf(event))` equals the event. */
export function eventOf(site: string, row: LakeRow): RawEvent {
  const said = (name: string) => (typeof row[name] === 'string' ? row[name] : undefined);
  const json = (name: string) => (said(name) === undefined ? undefined : JSON.parse(said(name) ?? ''));
  const names = ['source', 'medium', 'name', 'term', 'content'];
  const found = names.flatMap((name) => {
    const value = said(`utm_${name === 'name' ? 'campaign' : name}`);
    return value === undefined ? [] : [[name, value] as const];
  });
  const place = (['country', 'region', 'city', 'timezone', 'browser', 'os'] as const).flatMap((name) => {
    const value = said(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const event = {
    v: 2,
    site,
    ledger: said('ledger'),
    messageId: said('message_id'),
    receivedAt: msOf(row.received_at),
    client: {
      ...Object.fromEntries(place),
      device: said('device'),
      bot: row.bot === true,
      ...(said('headers') !== undefined && { headers: json('headers') }),
      ...(said('cookies') !== undefined && { cookies: json('cookies') }),
    },
    id: said('event_id'),
    type: said('type'),
    time: msOf(row.time),
    occurredAt: said('occurred_at'),
    fingerprint: Number(row.fingerprint),
    userId: said('user_id'),
    proof: said('proof'),
    vouched: row.vouched === true ? true : undefined,
    consent: json('consent'),
    properties: json('properties'),
    context: json('context'),
    campaign: found.length > 0 ? Object.fromEntries(found) : undefined,
    referrerHost: said('referrer_host'),
    decision: json('decision'),
    decisionFault: said('decision_fault'),
  };
  return Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined)) as unknown as RawEvent;
}

/** Whether an event says what its client said when it was taken in. */
export function isIntact({ ledger, ...event }: RawEvent): boolean {
  // Its content is the decision that it comes from.
  if (event.decision) return fnv1a(event.id) === event.fingerprint;
  const anonymousId = ledger.startsWith('a/') ? ledgerId(ledger) : undefined;
  return (
    contentFingerprint({ ...event, anonymousId } as Parameters<typeof contentFingerprint>[0]) === event.fingerprint
  );
}

function msOf(value: Cell | undefined): number {
  return value instanceof Date ? value.getTime() : Number(value);
}

function scalar(value: unknown, type: ColumnType): Cell {
  if (type === 'DOUBLE') return typeof value === 'number' ? value : null;
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : null;
}
