import { describe, it } from 'vitest';
import { DAY_MS } from '../time.ts';
import { addBounded } from './bottom-k.ts';
import { readableState } from './readable-state.ts';
import { emptyDay, emptyState } from './state.ts';

describe('a profile as people read it', () => {
  it('has names and dates, and all that is held', ({ expect }) => {
    const state = emptyState();
    const day = emptyDay();
    addBounded(state.totals, 'product_viewed', 0, 1, 9);
    addBounded(day.category, 'coats', 1, 3, 9);
    state.firstAt = DAY_MS;
    state.days.set(1, day);
    state.sessions.push([DAY_MS, DAY_MS + 1_000]);
    state.interactions.push({ time: DAY_MS, key: 'e1', kind: 'cart', item: 'p1' });
    state.choices.set('marketing', { granted: false, time: DAY_MS, key: 'e2' });
    expect(readableState(state)).toMatchObject({
      firstSeenAt: '1970-01-02T00:00:00.000Z',
      lastSeenAt: null,
      user: null,
      events: { product_viewed: 1 },
      days: { '1970-01-02': { categories: { coats: { view: 0, cart: 1, order: 0 } } } },
      interactions: [{ at: '1970-01-02T00:00:00.000Z', kind: 'cart', item: 'p1', category: null, event: 'e1' }],
      sessions: [{ from: '1970-01-02T00:00:00.000Z', to: '1970-01-02T00:00:01.000Z' }],
      consent: { marketing: { granted: false, at: '1970-01-02T00:00:00.000Z' } },
    });
    expect(Object.keys(readableState(state))).toHaveLength(Object.keys(state).length);
  });
});
