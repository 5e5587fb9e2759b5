import { describe, it } from 'vitest';
import { type BeaconEvent, eventQueue } from './event-queue.ts';
import type { TextStore } from './store.ts';

const event = (id: string, more: Partial<BeaconEvent> = {}): BeaconEvent => ({
  id,
  type: 'page_viewed',
  occurredAt: '2026-05-01T12:00:00.000Z',
  anonymousId: 'ada',
  ...more,
});

/** A store as browsers have it, which refuses more than `limit` entries. */
function storeOf(limit = Number.POSITIVE_INFINITY): TextStore & { readonly texts: Map<string, string> } {
  const texts = new Map<string, string>();
  return {
    texts,
    get length() {
      return texts.size;
    },
    key: (index) => [...texts.keys()][index] ?? null,
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, text) => {
      if (!texts.has(key) && texts.size >= limit) throw new Error('QuotaExceededError');
      texts.set(key, text);
    },
    removeItem: (key) => void texts.delete(key),
  };
}

const idsIn = (events: readonly BeaconEvent[]) => events.map(({ id }) => id);

describe('the beacon’s queue', () => {
  it('gives the oldest first, to every tab, until one of them removes it', ({ expect }) => {
    const store = storeOf();
    const [tab, other] = [eventQueue(store), eventQueue(store)];
    tab.add(event('b'));
    other.add(event('a'));
    expect(idsIn(tab.peek(10, 10_000))).toEqual(['a', 'b']);
    other.remove(['a']);
    expect(idsIn(tab.peek(10, 10_000))).toEqual(['b']);
  });

  it('keeps events of a full store in memory', ({ expect }) => {
    const queue = eventQueue(storeOf(1));
    for (const id of ['a', 'b', 'c']) queue.add(event(id));
    expect(idsIn(queue.peek(10, 10_000))).toEqual(['a', 'b', 'c']);
    queue.remove(['a', 'b']);
    expect(idsIn(queue.peek(10, 10_000))).toEqual(['c']);
  });

  it('cuts at the number and at the bytes, but always gives one', ({ expect }) => {
    const queue = eventQueue(storeOf());
    for (const id of ['a', 'b', 'c']) queue.add(event(id, { properties: { text: 'x'.repeat(1_000) } }));
    expect(idsIn(queue.peek(2, 100_000))).toEqual(['a', 'b']);
    expect(idsIn(queue.peek(10, 7_500))).toEqual(['a', 'b']);
    expect(idsIn(queue.peek(10, 1))).toEqual(['a']);
  });

  it('holds 500 events at most: the oldest go', ({ expect }) => {
    const store = storeOf();
    const queue = eventQueue(store);
    for (let n = 0; n < 510; n += 1) queue.add(event(String(n).padStart(4, '0')));
    expect(store.texts.size).toBe(500);
    expect(idsIn(queue.peek(1, 10_000))).toEqual(['0010']);
  });

  it('drops what is not an event of ours and leaves other keys of the page alone', ({ expect }) => {
    const store = storeOf();
    store.setItem('vitrine:e:broken', '{"id":');
    store.setItem('cart', '{"id":');
    const queue = eventQueue(store);
    queue.add(event('z'));
    expect(idsIn(queue.peek(10, 10_000))).toEqual(['z']);
    expect([...store.texts.keys()].sort()).toEqual(['cart', 'vitrine:e:z']);
  });
});
