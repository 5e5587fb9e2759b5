import { guard } from './guard.ts';
import type { TextStore } from './store.ts';
import { stringify } from './wire.ts';

/** An event as `POST /v/events` takes it. */
export interface BeaconEvent {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly anonymousId: string;
  readonly userId?: string | undefined;
  readonly proof?: string | undefined;
  readonly properties?: Record<string, unknown> | undefined;
  readonly context?: Record<string, unknown>;
}

/** Events that wait for their 202. They outlive the page; other tabs see them and may send them, too: the server counts once. */
export interface EventQueue {
  /** Whether the event is small enough to be sent; it waits then. */
  add(event: BeaconEvent): boolean;
  /** Waiting events, oldest first, without the first `skip` (of the last ones, if negative): at most `limit`, in at most `bytes` of JSON. */
  peek(limit: number, bytes: number, skip?: number): BeaconEvent[];
  remove(id: string): void;
}

const PREFIX = 'vitrine:e:';
/** Events that may wait; beyond it the oldest goes. */
const MAX_WAITING = 500;
/** Characters of an event: the server takes 32 KB of UTF-8, and refuses by itself what has more bytes than characters. */
const MAX_LENGTH = 32_768;

/** A queue with a name of its own for each event, so that tabs need no lock: nothing is read, changed and written back. */
export function eventQueue(store: TextStore): EventQueue {
  // Ids are UUIDv7: their order is that of the events.
  const names = () => store.names(PREFIX);
  return {
    add(event) {
      const text = stringify(event);
      if (text.length > MAX_LENGTH) return false;
      store.set(PREFIX + event.id, text);
      names().slice(0, -MAX_WAITING).forEach(store.remove);
      return true;
    },
    peek(limit, bytes, skip) {
      const events: BeaconEvent[] = [];
      let left = bytes;
      for (const name of names().slice(skip)) {
        const text = store.get(name) ?? '';
        // A character may take three bytes of UTF-8.
        left -= text.length * 3;
        if (events.length > 0 && (events.length === limit || left < 0)) break;
        const event = guard(JSON.parse)(text);
        if (event) events.push(event);
        else store.remove(name);
      }
      return events;
    },
    remove: (id) => store.remove(PREFIX + id),
  };
}
