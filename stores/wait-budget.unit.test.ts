import fc from 'fast-check';
import { describe, it } from 'vitest';
import { WaitBudget } from './wait-budget.ts';

/** A wait that begins so long after the one before, and what it waits for comes so long after that; both ms. */
const waits = fc.array(
  fc.record({ after: fc.integer({ min: 0, max: 200 }), comes: fc.integer({ min: 0, max: 400 }) }),
  {
    maxLength: 12,
  },
);

describe('the budget of waits', () => {
  it('is never exceeded by all waits together, and what it has left is what has not been waited', ({ expect }) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), waits, (ms, given) => {
        const budget = new WaitBudget(ms);
        let begins = 1_000;
        const spans = given.map(({ after, comes }) => {
          begins += after;
          return { begins, comes };
        });
        const open: { end: number }[] = [];
        const waited = new Set<number>();
        const endUntil = (now: number) => {
          for (const span of open.filter(({ end }) => end <= now).sort((a, b) => a.end - b.end)) {
            open.splice(open.indexOf(span), 1);
            budget.end(span.end);
          }
        };
        for (const span of spans) {
          endUntil(span.begins);
          const left = budget.left(span.begins);
          expect(left).toBe(Math.max(0, ms - [...waited].filter((at) => at < span.begins).length));
          budget.begin(span.begins);
          const end = span.begins + Math.min(left, span.comes);
          for (let at = span.begins; at < end; at += 1) waited.add(at);
          open.push({ end });
        }
        endUntil(Number.POSITIVE_INFINITY);
        expect(waited.size).toBeLessThanOrEqual(ms);
        expect(budget.left(10_000)).toBe(ms - waited.size);
      }),
    );
  });
});
