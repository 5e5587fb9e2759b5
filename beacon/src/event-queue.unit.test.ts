import { describe, it } from 'vitest';
import { type BeaconEvent, eventQueue } from './event-queue.ts';
import { openStore } from './store.ts';

const event = (id: string, more: Partial<BeaconEvent> = {}): BeaconEvent => ({
  id,
  type: 'page_viewed',
  occurredAt: '2026-05-01T12:00:00.000Z',
  anonymousId: 'ada',
  ...more,
});

/** Storage as browsers have it, which refuses more than `limit` entries. */
function storageOf(limit = Number.POSITIVE_INFINITY): Storage {
  const held = {} as Record<string, string>;
  const methods = {
    getItem: (key: string) => held[key] ?? null,
    setItem: (key: string, text: string) => {
      if (!(key in held) && Object.keys(held).length >= limit) throw new Error('QuotaExceededError');
      held[key] = text;
    },
    removeItem: (key: string) => {
      delete held[key];
    },
  };
  return Object.setPrototypeOf(held, methods);
}
const storeOf = (storage: Storage) => openStore(() => storage);

const idsIn = (events: readonly BeaconEvent[]) => events.map(({ id }) => id);

describe('the beacon’s queue', () => {
  it('gives the oldest first, to every tab, until one of them removes it', ({ expect }) => {
    const storage = storageOf();
    const store = storeOf(storage);
    const [tab, other] = [eventQueue(store), eventQueue(store)];
    tab.add(event('b'));
    other.add(event('a'));
    expect(idsIn(tab.peek(10, 10_000))).toEqual(['a', 'b']);
    other.remove('a');
    expect(idsIn(tab.peek(10, 10_000))).toEqual(['b']);
  });

  it('keeps events of a full store in memory', ({ expect }) => {
    const queue = eventQueue(storeOf(storageOf(1)));
    for (const id of ['a', 'b', 'c']) queue.add(event(id));
    expect(idsIn(queue.peek(10, 10_000))).toEqual(['a', 'b', 'c']);
    for (const id of ['a', 'b']) queue.remove(id);
    expect(idsIn(queue.peek(10, 10_000))).toEqual(['c']);
  });

  it('cuts at the number and at the bytes, but always gives one', ({ expect }) => {
    const queue = eventQueue(storeOf(storageOf()));
    for (const id of ['a', 'b', 'c']) queue.add(event(id, { properties: { text: 'x'.repeat(1_000) } }));
    expect(idsIn(queue.peek(2, 100_000))).toEqual(['a', 'b']);
    expect(idsIn(queue.peek(10, 7_500))).toEqual(['a', 'b']);
    expect(idsIn(queue.peek(10, 1))).toEqual(['a']);
  });

  it('holds 500 events at most: the oldest go', ({ expect }) => {
    const storage = storageOf();
    const store = storeOf(storage);
    const queue = eventQueue(store);
    for (let n = 0; n < 510; n += 1) queue.add(event(String(n).padStart(4, '0')));
    expect(Object.keys(storage)).toHaveLength(500);
    expect(idsIn(queue.peek(1, 10_000))).toEqual(['0010']);
  });

  it('refuses what the server would refuse for its size', ({ expect }) => {
    const queue = eventQueue(storeOf(storageOf()));
    expect(queue.add(event('a', { properties: { blob: 'x'.repeat(70_000) } }))).toBe(false);
    expect(queue.add(event('b'))).toBe(true);
    expect(idsIn(queue.peek(10, 100_000))).toEqual(['b']);
  });

  it('passes over the first, and gives the last', ({ expect }) => {
    const queue = eventQueue(storeOf(storageOf()));
    for (const id of ['a', 'b', 'c']) queue.add(event(id));
    expect(idsIn(queue.peek(10, 10_000, 1))).toEqual(['b', 'c']);
    expect(idsIn(queue.peek(10, 10_000, -2))).toEqual(['b', 'c']);
    expect(idsIn(queue.peek(10, 10_000, 3))).toEqual([]);
  });

  it('is written as JSON means it, whatever a library did to arrays', ({ expect }) => {
    const prototype = Array.prototype as { toJSON?: unknown };
    prototype.toJSON = () => '[object Array]';
    try {
      const storage = storageOf();
      eventQueue(storeOf(storage)).add(event('a', { properties: { products: [{ product_id: 'p' }] } }));
      delete prototype.toJSON;
      expect(JSON.parse(storage.getItem('vitrine:e:a') ?? '').properties).toEqual({ products: [{ product_id: 'p' }] });
    } finally {
      delete prototype.toJSON;
    }
  });

  it('drops what is not an event of ours and leaves other keys of the page alone', ({ expect }) => {
    const storage = storageOf();
    const store = storeOf(storage);
    storage.setItem('vitrine:e:broken', '{"id":');
    storage.setItem('cart', '{"id":');
    const queue = eventQueue(store);
    queue.add(event('z'));
    expect(idsIn(queue.peek(10, 10_000))).toEqual(['z']);
    expect(Object.keys(storage).sort()).toEqual(['cart', 'vitrine:e:z']);
  });
});
