import type { TextStore } from './store.ts';

/** An event as `POST /v/events` takes it. */
export interface BeaconEvent {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly anonymousId: string;
  readonly userId?: string;
  readonly proof?: string;
  readonly properties?: Record<string, unknown>;
  readonly context?: Record<string, unknown>;
}

/** Events that wait for their 202. They outlive the page; other tabs see them and may send them, too: the server counts once. */
export interface EventQueue {
  add(event: BeaconEvent): void;
  /** The oldest events, at most `limit`, in at most `bytes` of JSON. */
  peek(limit: number, bytes: number): BeaconEvent[];
  remove(ids: readonly string[]): void;
}

const PREFIX = 'vitrine:e:';
/** Events that may wait; beyond it the oldest goes. */
const MAX_WAITING = 500;

/** A queue with a key of its own for each event, so that tabs need no lock: nothing is read, changed and written back. */
export function eventQueue(store: TextStore): EventQueue {
  /** Events that the store refused (full, switched off): they live as long as the page. */
  const unstored = new Map<string, string>();

  /** Keys of waiting events, oldest first: ids are UUIDv7. */
  const keys = (): string[] => {
    const found = [...unstored.keys()];
    for (let index = 0; index < store.length; index += 1) {
      const key = store.key(index);
      if (key?.startsWith(PREFIX)) found.push(key);
    }
    return found.sort();
  };
  const removeKey = (key: string): void => {
    unstored.delete(key);
    store.removeItem(key);
  };

  return {
    add(event) {
      const key = PREFIX + event.id;
      const text = JSON.stringify(event);
      try {
        store.setItem(key, text);
      } catch {
        unstored.set(key, text);
      }
      for (const old of keys().slice(0, -MAX_WAITING)) removeKey(old);
    },
    peek(limit, bytes) {
      const events: BeaconEvent[] = [];
      let left = bytes;
      for (const key of keys()) {
        const text = unstored.get(key) ?? store.getItem(key);
        if (text === null) continue;
        // A character may take three bytes of UTF-8.
        left -= text.length * 3;
        if (events.length > 0 && (events.length === limit || left < 0)) break;
        try {
          events.push(JSON.parse(text));
        } catch {
          removeKey(key);
        }
      }
      return events;
    },
    remove(ids) {
      for (const id of ids) removeKey(PREFIX + id);
    },
  };
}
