import { decodeAttributes, encodeAttributes } from '../attributes/encode-attributes.ts';
import { decodeStandings, encodeStandings } from './encode-standings.ts';
import { emptyFollowing, type Following, type LastClient, type WaitingEvent } from './person.ts';
import type { Transition } from './transitions.ts';

interface Stored {
  v: 1;
  attributes: string;
  client: LastClient | null;
  followed: string;
  nextChangeAt: number | null;
  recent: readonly Transition[];
  outbox: readonly Transition[];
  waiting?: readonly WaitingEvent[];
}

/** What a profile keeps for attributes and segments, as text; nothing when there is nothing. */
export function encodeFollowing({
  states,
  client,
  followed,
  nextChangeAt,
  recent,
  outbox,
  waiting,
}: Following): string | undefined {
  if (states.size === 0 && client === null && followed.at === null && waiting.length === 0) return undefined;
  const stored: Stored = {
    v: 1,
    attributes: encodeAttributes(states),
    client,
    followed: encodeStandings(followed),
    nextChangeAt,
    recent,
    outbox,
    ...(waiting.length > 0 && { waiting }),
  };
  return JSON.stringify(stored);
}

/** Reads what `encodeFollowing` wrote. Throws when it was written by a newer version. */
export function decodeFollowing(text: string | undefined): Following {
  if (text === undefined) return emptyFollowing();
  const stored: Stored = JSON.parse(text);
  if (stored.v !== 1) throw new Error(`the following has version ${stored.v}, this code reads 1`);
  return {
    states: decodeAttributes(stored.attributes),
    client: stored.client,
    followed: decodeStandings(stored.followed),
    nextChangeAt: stored.nextChangeAt,
    recent: stored.recent,
    outbox: stored.outbox,
    waiting: stored.waiting ?? [],
  };
}

/** What of it goes to the person's home with a snapshot: the attributes and the client. */
export function encodeShared({ states, client }: Following): string | undefined {
  if (states.size === 0 && client === null) return undefined;
  const shared = new Map([...states].map(([name, { version, state }]) => [name, { version, state }]));
  return JSON.stringify({ v: 1, attributes: encodeAttributes(shared), client });
}

/** Reads what `encodeShared` wrote. */
export function decodeShared(text: string | null | undefined): Pick<Following, 'states' | 'client'> {
  if (text === null || text === undefined) return { states: new Map(), client: null };
  const { attributes, client } = JSON.parse(text);
  return { states: decodeAttributes(attributes), client };
}
