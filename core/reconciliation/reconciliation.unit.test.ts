import fc from 'fast-check';
import { describe, it } from 'vitest';
import { cellOf, compareCell, differingCells } from './compare-cells.ts';
import { decodeJournal, encodeJournal, entryKey, type JournalEntry } from './journal.ts';

const HOUR = 3_600_000;
const entries: fc.Arbitrary<JournalEntry[]> = fc
  .array(fc.record({ hour: fc.nat(2), minute: fc.nat(59), type: fc.constantFrom('page_viewed', 'custom thing') }))
  .map((list) =>
    list.map(({ hour, minute, type }, index) => ({
      owner: `o${index % 3}`,
      id: `e${index}`,
      time: hour * HOUR + minute * 60_000,
      type,
      analytics: true,
    })),
  );
const count = (list: readonly JournalEntry[]) => {
  const counts = new Map<string, number>();
  for (const entry of list) counts.set(cellOf(entry), (counts.get(cellOf(entry)) ?? 0) + 1);
  return counts;
};

describe('reconciliation', () => {
  it('names exactly what is missing and what is too much, and excuses what is under way or erased', ({ expect }) => {
    fc.assert(
      fc.property(
        entries,
        fc.infiniteStream(fc.constantFrom('kept', 'kept', 'missing', 'under way', 'erased')),
        fc.nat(5),
        (journal, fates, extra) => {
          const fate = new Map(journal.map((entry) => [entryKey(entry), fates.next().value]));
          const of = (name: string) => journal.filter((entry) => fate.get(entryKey(entry)) === name);
          const added = Array.from({ length: extra }, (_, n) => ({
            owner: 'x',
            id: `x${n}`,
            time: n * 1_000,
            type: 'page_viewed',
            analytics: true,
          }));
          const lake = [...of('kept'), ...added];
          const [rollups, recount] = [count(journal), count(lake)];
          const found = differingCells(rollups, recount).flatMap((cell) => {
            const inCell = (list: readonly JournalEntry[]) => list.filter((entry) => cellOf(entry) === cell);
            const drift = compareCell(cell, rollups.get(cell) ?? 0, recount.get(cell) ?? 0, {
              journal: inCell(journal),
              lake: inCell(lake),
              underWay: new Set(of('under way').map(entryKey)),
              isErased: (entry) => fate.get(entryKey(entry)) === 'erased',
            });
            return drift ? [drift] : [];
          });
          const ids = (list: readonly JournalEntry[]) => list.map(({ id }) => id).sort();
          // Where as much is missing as is too much the counts agree: only counts are compared everywhere.
          const cells = new Set(differingCells(rollups, recount));
          const compared = (list: readonly JournalEntry[]) => list.filter((entry) => cells.has(cellOf(entry)));
          expect(ids(found.flatMap(({ missing }) => missing))).toEqual(ids(compared(of('missing'))));
          for (const { unexplained } of found) expect(unexplained).toBe(0);
          const seen = new Set(found.map(({ hour, type }) => `${hour} ${type}`));
          const reported = added.filter((entry) => seen.has(cellOf(entry)));
          expect(ids(found.flatMap(({ unexpected }) => unexpected))).toEqual(ids(reported));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('says how much nobody can explain, once the journal has forgotten', ({ expect }) => {
    const drift = compareCell('7 page_viewed', 10, 8, {
      journal: [],
      lake: [],
      underWay: new Set(),
      isErased: () => false,
    });
    expect(drift).toMatchObject({ hour: 7, type: 'page_viewed', counted: 10, lake: 8, unexplained: 2 });
  });

  it('keeps a journal through writing and reading', ({ expect }) => {
    fc.assert(
      fc.property(entries, (list) => {
        expect(decodeJournal(encodeJournal(list))).toEqual(list);
      }),
    );
  });
});
