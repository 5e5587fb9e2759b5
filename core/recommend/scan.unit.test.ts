import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBlock } from './decode-block.ts';
import { encodeBlock } from './encode-block.ts';
import { FEATURES, RANKED } from './features.ts';
import { ItemSessions } from './item-sessions.ts';
import { ItemTable } from './item-table.ts';
import { Scan } from './scan.ts';

const item = fc.integer({ min: 0, max: 9 }).map((n) => `i${n}`);
const logs = fc.array(fc.array(item, { minLength: 1, maxLength: 7 }), { minLength: 1, maxLength: 25 });
const NOW = 1_000;

/** The scan as its formulas are written, with maps and without any care for speed: features by item. */
function byTheBook(sessions: readonly string[][], visitor: readonly string[], counts: (item: string) => number) {
  const steps = (of: string) => visitor.length - 1 - visitor.lastIndexOf(of);
  const own = [...new Set(visitor.toReversed())];
  const near = own.filter((mine) => steps(mine) < 20);
  const norm = Math.sqrt(near.reduce((sum, mine) => sum + Math.exp((-2 * steps(mine)) / 8), 0));
  const sums = new Map<string, Record<string, number>>();
  const add = (to: string, what: string, value: number) => {
    const row = sums.get(to) ?? {};
    row[what] = (row[what] ?? 0) + value;
    sums.set(to, row);
  };
  const seen = new Set<number>();
  let walked = 0;
  let newestEntries = 0;
  for (const [at, source] of near.entries()) {
    if (at > 0 && walked >= 300) break;
    const list = [...sessions.keys()].filter((s) => sessions[s]?.includes(source)).reverse();
    walked += list.length;
    if (steps(source) === 0) newestEntries = list.length;
    for (const [place, s] of list.entries()) {
      const items = sessions[s] as string[];
      for (const [x, here] of items.entries()) {
        if (here !== source) continue;
        for (const [y, other] of items.entries()) {
          const d = Math.abs(y - x);
          if (y === x || (y < x && other === source)) continue;
          const near = y > x ? 0.8 ** (d - 1) : 0.7 * 0.8 ** (d - 1);
          add(other, 'pairs', (0.6 ** steps(source) * list.length ** -0.85 * near) / Math.sqrt(items.length));
          if (steps(source) > 0) continue;
          if (y < x) add(other, 'before', 1 / d);
          else {
            add(other, 'after', Math.exp(-place / 40) / d);
            if (d === 1) add(other, 'next', 1);
            if (d === 1 && x > 0 && visitor.length > 1 && items[x - 1] === visitor.at(-2)) add(other, 'two', 1);
          }
        }
      }
      if (seen.has(s)) continue;
      seen.add(s);
      const shared = near.filter((mine) => items.includes(mine));
      const nearest = Math.min(...shared.map(steps));
      const last = Math.max(...shared.map((mine) => items.lastIndexOf(mine)));
      const likeness = shared.reduce((sum, mine) => sum + Math.exp(-steps(mine) / 8), 0) / norm;
      for (const [y, other] of items.entries()) {
        const d = Math.abs(y - last);
        const value = (likeness * Math.exp(-nearest / 2 - d / 3)) / Math.sqrt(items.length);
        add(other, 'sessions', value);
        if (shared.length > 1) add(other, 'multi', value);
        add(other, 'flat', (shared.length * Math.exp(-d / 0.5)) / Math.sqrt(items.length));
        add(other, 'neighbours', 1);
        sums.set(other, { ...sums.get(other), newest: Math.max(sums.get(other)?.newest ?? 0, s) });
      }
    }
  }
  for (const mine of own) sums.set(mine, sums.get(mine) ?? {});
  const scaled = [...sums].map(([of, row]) => {
    const rarity = 1 + 2 * Math.max(0, Math.log(Math.max(2, sessions.length) / Math.max(1, counts(of))));
    const weight = Math.max(1, counts(of)) ** -0.15;
    return {
      of,
      ...row,
      sessions: (row.sessions ?? 0) * rarity,
      flat: (row.flat ?? 0) * rarity,
      pairs: (row.pairs ?? 0) * weight,
    };
  });
  const most = (what: 'sessions' | 'flat' | 'pairs') => Math.max(1e-12, ...scaled.map((row) => row[what]));
  return new Map(
    scaled.map((row: (typeof scaled)[number] & Record<string, unknown>) => {
      const parts = [row.sessions / most('sessions'), row.pairs / most('pairs'), row.flat / most('flat')] as const;
      const position = visitor.includes(row.of) ? steps(row.of) + 1 : 0;
      const score = parts[0] + 0.3 * parts[1] + parts[2] + (position > 0 ? 0.01 / position : 0);
      const number = (what: string) => Number(row[what] ?? 0);
      return [
        row.of,
        {
          score,
          sessions: parts[0],
          pairs: parts[1],
          flat: parts[2],
          next_share: number('next') / (newestEntries + 1),
          next: number('next'),
          before_share: number('before') / (newestEntries + 1),
          after_two: number('two'),
          age: row.newest === undefined ? 1e9 : NOW - number('newest'),
          neighbours: number('neighbours'),
          position,
          times: visitor.filter((mine) => mine === row.of).length,
          distinct: own.length,
          again: visitor.length > 1 && visitor.at(-1) === visitor.at(-2) ? 1 : 0,
        },
      ] as const;
    }),
  );
}

describe('the scan', () => {
  it('finds what its formulas say, whatever was asked before', () => {
    fc.assert(
      fc.property(
        logs,
        fc.array(fc.array(fc.oneof(item, fc.constantFrom('mine', 'mine too')), { minLength: 1, maxLength: 24 }), {
          minLength: 1,
          maxLength: 4,
        }),
        (sessions, visitors) => {
          const index = new ItemSessions();
          for (const [at, items] of sessions.entries())
            index.upsert({ id: `s${at}`, version: 1, endedAt: at * 1_000, items });
          const table = new ItemTable();
          const counts = (of: string) => index.counts.get(of) ?? 0;
          const block = decodeBlock(
            encodeBlock(index.lists, (of) => ({ sessions: counts(of), recent: 0 })),
            table,
          );
          const scan = new Scan(table);
          for (const visitor of visitors) {
            const facts = { sessions: sessions.length, recentShare: 0.05, newestSeconds: NOW };
            const picks = scan.run({ items: visitor }, () => block, facts);
            const expected = byTheBook(
              sessions,
              visitor,
              (of) => 2 ** (Math.round(16 * Math.log2(Math.max(1, counts(of)))) / 16),
            );
            expect(picks).toBe(expected.size);
            for (let pick = 0; pick < picks; pick += 1) {
              const wanted = expected.get(scan.itemAt(pick));
              expect(wanted).toBeDefined();
              for (const [name, value] of Object.entries(wanted ?? {})) {
                const column = FEATURES.indexOf(name as (typeof FEATURES)[number]);
                expect([name, scan.features[column * RANKED + pick]]).toEqual([name, expect.closeTo(value, 3)]);
              }
            }
            const scores = [...scan.scores.subarray(0, picks)];
            expect(scores).toEqual([...scores].sort((a, b) => b - a));
          }
        },
      ),
    );
  });
});
