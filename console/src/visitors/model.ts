import { ApiError, call } from '../base/client.ts';

/** An event of a timeline, as the API answers it. */
export interface TimelineEvent {
  readonly id: string;
  readonly type: string;
  readonly at: number;
  readonly receivedAt: number;
  readonly anonymousId: string | null;
  readonly userId: string | null;
  readonly page: string | null;
  readonly device: string | null;
  readonly browser: string | null;
  readonly properties: Readonly<Record<string, unknown>>;
}
export interface Timeline {
  readonly events: readonly TimelineEvent[];
  readonly before: number | null;
}

type Plain = string | number | boolean | null;

/** A person, as the API answers him; times in ms since 1970. */
export interface Person {
  readonly id: string;
  readonly home: string | null;
  readonly links: { readonly users: readonly string[]; readonly devices: readonly string[] };
  readonly firstSeenAt: number | null;
  readonly lastSeenAt: number | null;
  readonly sessions: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly recentItems: readonly { readonly id: string; readonly at: number; readonly type: string }[];
  readonly affinities: Readonly<
    Record<'category' | 'brand', readonly { readonly key: string; readonly score: number }[]>
  >;
  readonly cart: readonly { readonly id: string; readonly quantity: number }[];
  readonly orders: readonly {
    readonly id: string;
    readonly at: number;
    readonly total: number | null;
    readonly currency: string | null;
    readonly items: readonly string[];
    readonly attributed?: { readonly slot: string; readonly item: string; readonly how: string } | null;
  }[];
  readonly traits: Readonly<
    Record<string, { readonly value: Plain; readonly source: string; readonly purpose: string }>
  >;
  readonly consent: Readonly<Record<string, boolean>>;
  readonly attributes: Readonly<Record<string, { readonly value: Plain; readonly exact: boolean }>>;
  readonly segments: Readonly<
    Record<
      string,
      { readonly since: number; readonly condition: string; readonly because: Readonly<Record<string, Plain>> }
    >
  >;
  readonly timeline?: Timeline;
}

/** By which of his ids a person was found. */
export interface Found {
  readonly kind: 'users' | 'devices';
  readonly person: Person;
}

/** How many events a look at a timeline is for. */
const EVENTS = 50;

/** The path of a person in the API. */
export function pathOf(kind: Found['kind'], id: string): string {
  return `/api/${kind}/${encodeURIComponent(id)}`;
}

/** Looks for a person by an id of one of his users, else of one of his devices. */
export async function findPerson(id: string): Promise<Found> {
  try {
    return { kind: 'users', person: await call<Person>('GET', `${pathOf('users', id)}?timeline=${EVENTS}`) };
  } catch (error) {
    if (!(error instanceof ApiError) || (error.status !== 404 && error.status !== 400)) throw error;
  }
  try {
    return { kind: 'devices', person: await call<Person>('GET', `${pathOf('devices', id)}?timeline=${EVENTS}`) };
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 400))
      throw new Error(`No event has named a user “${id}”, and none has come from a device of that anonymous id.`);
    throw error;
  }
}

/** Older events of a timeline. */
export async function olderEvents({ kind, person }: Found, before: number): Promise<Timeline> {
  const { timeline } = await call<Person>('GET', `${pathOf(kind, person.id)}?timeline=${EVENTS}&before=${before}`);
  return timeline ?? { events: [], before: null };
}

/** What an event is about, in a few words: its product, what was searched, its order, its page. */
export function aboutWords({ properties, page }: TimelineEvent): string {
  const { product_id: product, query, order_id: order, total, currency, slot } = properties;
  const parts = [
    product !== undefined && `${product}`,
    query !== undefined && `“${query}”`,
    order !== undefined && `order ${order}`,
    typeof total === 'number' && `${total} ${currency ?? ''}`.trim(),
    slot !== undefined && `in ${slot}`,
  ].filter((part) => part !== false);
  return parts.length > 0 ? parts.join(', ') : (page ?? '');
}

/** Why he is in a segment: what its condition names, as it is for him. */
export function becauseWords(because: Readonly<Record<string, Plain>>): string {
  return Object.entries(because)
    .map(([name, value]) => `${name} is ${value === null ? 'unknown' : JSON.stringify(value)}`)
    .join(', ');
}
