import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBlock, SESSION_END, SESSION_ITEMS } from './decode-block.ts';
import { encodeBlock } from './encode-block.ts';
import { ItemSessions } from './item-sessions.ts';
import { ItemTable } from './item-table.ts';
import { PRIOR_RANKER } from './prior-ranker.ts';
import { Ranker } from './ranker.ts';
import { Scorer } from './scorer.ts';
import type { SessionUpdate } from './session-update.ts';

const items = fc.constantFrom(...Array.from({ length: 12 }, (_, n) => `i${n}`), 'ünïcode ☃');
const updates: fc.Arbitrary<SessionUpdate[]> = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
    version: fc.integer({ min: 1, max: 5 }),
    endedAt: fc.integer({ min: 1, max: 50 }).map((n) => n * 1000),
    items: fc.array(items, { maxLength: 6 }),
  }),
  { minLength: 1, maxLength: 30, selector: ({ id, version }) => `${id}/${version}` },
);

function indexOf(sessions: readonly SessionUpdate[], cap?: number): ItemSessions {
  const index = new ItemSessions(() => true, cap);
  for (const session of sessions) index.upsert(session);
  return index;
}
const encode = (index: ItemSessions) =>
  encodeBlock(index.lists, (item) => ({ sessions: index.counts.get(item) ?? 1, recent: 0 }));

describe('the session index', () => {
  it('gives the same block for the same updates in any order and any number', () => {
    fc.assert(
      fc.property(
        updates.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })),
        ),
        ([all, shuffled]) => {
          expect(encode(indexOf(shuffled))).toEqual(encode(indexOf(all)));
        },
      ),
    );
  });

  it('keeps the newest sessions of an item', ({ expect }) => {
    const index = indexOf(
      [5, 1, 9, 3, 7].map((second) => ({ id: `s${second}`, version: 1, endedAt: second * 1000, items: ['x'] })),
      3,
    );
    expect(index.lists.get('x')?.map(({ id }) => id)).toEqual(['s9', 's7', 's5']);
  });

  it('forgets a session that was removed, also when an older version comes later', ({ expect }) => {
    const full = { id: 's', version: 1, endedAt: 1000, items: ['x', 'y'] };
    expect(indexOf([full, { ...full, version: 2, items: [] }, full]).lists.size).toBe(0);
  });
});

describe('the index’s caps and counts', () => {
  const session = (id: string, second: number, items: string[], version = 1) => ({
    id,
    version,
    endedAt: second * 1000,
    items,
  });

  it('lets sessions go that stand in no list, then the oldest, and items with their last session', ({ expect }) => {
    const all = [session('a', 1, ['x']), session('b', 2, ['x']), session('c', 3, ['x']), session('d', 0, ['y'])];
    const index = indexOf(all, 2);
    expect(index.evict(3)).toBe(1);
    expect([...index.sessions.keys()].sort()).toEqual(['b', 'c', 'd']);
    expect(index.counts.get('x')).toBe(3);
    index.evict(1);
    expect([...index.sessions.keys()]).toEqual(['c']);
    expect([...index.lists.keys()]).toEqual(['x']);
    expect([...index.counts.keys()]).toEqual(['x']);
  });

  it('counts a session in the hour of its end, once, however often it changed', ({ expect }) => {
    const hour = 3_600;
    const now = 100 * hour;
    const index = indexOf([
      session('a', now - 25 * hour, ['x', 'y']),
      session('a', now - 24 * hour, ['x', 'x', 'y'], 2),
      session('b', now, ['y']),
      session('c', now - 80 * hour, ['z']),
    ]);
    expect(index.hours.trending(now * 1000, 10)).toEqual([
      { item: 'y', score: 1.5 },
      { item: 'x', score: 0.5 },
    ]);
    index.upsert(session('b', now, [], 2));
    expect(index.hours.trending(now * 1000, 1)).toEqual([{ item: 'x', score: 0.5 }]);
    index.hours.forget((now + 60 * hour) * 1000);
    expect(index.hours.entries()).toEqual([]);
  });
});

describe('a block', () => {
  it('holds after decoding what was encoded', () => {
    fc.assert(
      fc.property(updates, (all) => {
        const index = indexOf(all);
        const table = new ItemTable();
        const block = decodeBlock(encode(index), table);
        const read = new Map(
          [...block.places].map(([number, place]) => {
            const sessions = [...block.lists.subarray(block.listStarts[place], block.listStarts[place + 1])];
            const contents = sessions.map((session) => ({
              end: block.sessions[(block.sessionStarts[session] as number) + SESSION_END],
              items: [
                ...block.sessions.subarray(
                  (block.sessionStarts[session] as number) + SESSION_ITEMS,
                  block.sessionStarts[session + 1],
                ),
              ].map((n) => table.idOf(n)),
            }));
            return [table.idOf(number), contents];
          }),
        );
        const wanted = new Map(
          [...index.lists].map(([item, list]) => [
            item,
            list.map((s) => ({ end: s.endedAt / 1000, items: [...s.items] })),
          ]),
        );
        expect(read).toEqual(wanted);
      }),
    );
  });

  it('is refused when a byte of it has changed, whichever and however', () => {
    const bytes = encode(indexOf([{ id: 's', version: 1, endedAt: 1000, items: ['x', 'y'] }]));
    for (let at = 0; at < bytes.length; at += 1)
      for (let change = 1; change < 256; change += 1) {
        const broken = bytes.slice();
        broken[at] = (broken[at] ?? 0) ^ change;
        expect(() => decodeBlock(broken, new ItemTable()), `byte ${at} changed by ${change}`).toThrow();
      }
  });
});

describe('the scorer', () => {
  const sessions = [
    ['shirt', 'trousers', 'belt'],
    ['shirt', 'trousers'],
    ['shirt', 'tie'],
    ['bag', 'scarf'],
    ['bag', 'scarf', 'gloves'],
  ].map((list, n) => ({ id: `s${n}`, version: 1, endedAt: n * 1000, items: list }));
  const scorerOf = (all: readonly SessionUpdate[]) => {
    const table = new ItemTable();
    const block = decodeBlock(encode(indexOf(all)), table);
    const scorer = new Scorer(table);
    // A ranker that has no opinion leaves the scan's order.
    const ranker = new Ranker({ ...PRIOR_RANKER.trees, values: PRIOR_RANKER.trees.values.map(() => 0) });
    const facts = { sessions: all.length, recentShare: 0.05, newestSeconds: all.length };
    return (recent: string[], limit = 10, hidden?: ReadonlySet<string>) =>
      scorer.score({ items: recent, hidden }, () => block, facts, ranker, limit);
  };

  it('recommends what stood in sessions with the visitor’s items, and says which item brought it', ({ expect }) => {
    const scored = scorerOf(sessions)(['bag']);
    expect(scored.map(({ item }) => item).filter((item) => item !== 'bag')).toEqual(['scarf', 'gloves']);
    expect(new Set(scored.map(({ because }) => because))).toEqual(new Set(['bag']));
  });

  it('weighs the newest item most', ({ expect }) => {
    const first = (recent: string[]) => scorerOf(sessions)(recent).find(({ item }) => !recent.includes(item))?.because;
    expect(first(['shirt', 'bag'])).toBe('bag');
    expect(first(['bag', 'shirt'])).toBe('shirt');
  });

  it('always has the visitor’s own items among its candidates, also those that nobody else ever had', ({ expect }) => {
    const scored = scorerOf(sessions)(['only mine', 'bag', 'only mine']);
    expect(scored.find(({ item }) => item === 'only mine')).toMatchObject({ because: 'only mine' });
    expect(scorerOf(sessions)(['only mine']).map(({ item }) => item)).toEqual(['only mine']);
  });

  it('answers nothing that is hidden', () => {
    fc.assert(
      fc.property(updates, fc.array(items, { maxLength: 8 }), fc.uniqueArray(items), (all, recent, hidden) => {
        const answered = scorerOf(all)(recent, 10, new Set(hidden)).map(({ item }) => item);
        expect(answered.filter((item) => hidden.includes(item))).toEqual([]);
      }),
    );
  });

  it('answers the same whatever was asked before', () => {
    const ask = scorerOf(sessions);
    const words = fc.constantFrom('shirt', 'tie', 'bag', 'scarf', 'unknown', 'other');
    fc.assert(
      fc.property(
        fc.array(words, { maxLength: 7 }),
        fc.array(words, { maxLength: 5 }),
        fc.uniqueArray(words),
        (recent, before, hidden) => {
          const alone = scorerOf(sessions)(recent);
          ask(before, 3, new Set(hidden));
          expect(ask(recent)).toEqual(alone);
        },
      ),
    );
  });

  it('gives each item once, best first, and at most as many as asked', () => {
    fc.assert(
      fc.property(updates, fc.array(items, { maxLength: 8 }), fc.integer({ min: 1, max: 90 }), (all, recent, limit) => {
        const scored = scorerOf(all)(recent, limit);
        const scores = scored.map(({ score }) => score);
        expect(scored.length).toBeLessThanOrEqual(limit);
        expect(new Set(scored.map(({ item }) => item)).size).toBe(scored.length);
        expect(scores).toEqual([...scores].sort((a, b) => b - a));
      }),
    );
  });
});
