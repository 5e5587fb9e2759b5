import { describe, it } from 'vitest';
import { MINUTE_MS } from '../time.ts';
import { recentItems } from './recent-items.ts';
import { emptyState, type ProfileState } from './state.ts';

const START = Date.parse('2026-05-01T12:00:00Z');
const at = (minute: number) => START + minute * MINUTE_MS;

/** A profile of interactions, newest first, and of sessions. */
function stateOf(touches: [minute: number, item: string, kind?: 'cart'][], sessions: [number, number][]): ProfileState {
  const state = emptyState();
  for (const [minute, item, kind = 'view'] of touches)
    state.interactions.push({ time: at(minute), key: `${minute}`, kind, item, category: undefined });
  state.sessions.push(...sessions.map(([start, end]): [number, number] => [at(start), at(end)]));
  return state;
}

describe('the last items of a profile', () => {
  it('are told apart by session and by kind', ({ expect }) => {
    const touches = [
      [95, 'c'],
      [90, 'a', 'cart'],
      [5, 'a'],
      [0, 'b', 'cart'],
    ] as [number, string, 'cart'?][];
    expect(
      recentItems(
        stateOf(touches, [
          [0, 5],
          [90, 95],
        ]),
      ),
    ).toEqual({
      items: ['c', 'a', 'a', 'b'],
      carts: [1, 3],
      orders: [],
      affinities: { category: [], brand: [] },
      session: 2,
      sessionUntil: at(125),
    });
  });

  it('are of one session where those of two devices touch', ({ expect }) => {
    const touches = [
      [60, 'd'],
      [40, 'c'],
      [20, 'b'],
      [-60, 'a'],
    ] as [number, string][];
    // A phone from 20 to 40, a laptop from 60 on, and something long before.
    expect(
      recentItems(
        stateOf(touches, [
          [-60, -60],
          [20, 40],
          [60, 60],
        ]),
      ).session,
    ).toBe(3);
    expect(
      recentItems(
        stateOf(touches, [
          [-60, -60],
          [20, 60],
          [40, 40],
        ]),
      ).session,
    ).toBe(3);
  });

  it('are none of a session where it holds no product, and none at all where nothing happened', ({ expect }) => {
    expect(
      recentItems(
        stateOf(
          [[0, 'a']],
          [
            [0, 0],
            [90, 91],
          ],
        ),
      ),
    ).toMatchObject({ items: ['a'], session: 0 });
    expect(recentItems(emptyState())).toMatchObject({ items: [], carts: [], session: 0 });
  });

  it('come with what the person is drawn to most, the strongest first, however much time goes by', ({ expect }) => {
    const state = emptyState();
    const day = Math.floor(START / (24 * 60 * MINUTE_MS));
    const counted = (rows: Record<string, number[]>) => ({ counts: new Map(Object.entries(rows)), other: 0 });
    const dayOf = (category: Record<string, number[]>, brand: Record<string, number[]>) =>
      ({ category: counted(category), brand: counted(brand) }) as never;
    state.days.set(
      day,
      dayOf({ coats: [3, 0, 0], hats: [0, 1, 1], bags: [1, 0, 0], shoes: [2, 0, 0] }, { Loom: [1, 0, 0] }),
    );
    // A week before, all of it counts half.
    state.days.set(day - 7, dayOf({ coats: [12, 0, 0] }, { Weft: [1, 0, 0] }));
    expect(recentItems(state).affinities).toEqual({ category: ['coats', 'hats', 'shoes'], brand: ['Loom', 'Weft'] });
  });
});
