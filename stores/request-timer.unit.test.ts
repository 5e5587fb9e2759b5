import fc from 'fast-check';
import { afterEach, beforeEach, describe, it, vi } from 'vitest';
import { RequestTimer } from './request-timer.ts';

/** A wait that begins, may take so long, and is dropped if what it waits for comes, all ms; `comes` never where it does not. */
interface Given {
  readonly begins: number;
  readonly lasts: number;
  readonly comes: number | undefined;
}

const givens = fc.array(
  fc.record({
    begins: fc.integer({ min: 1, max: 120 }),
    lasts: fc.integer({ min: 1, max: 400 }),
    comes: fc.option(fc.integer({ min: 1, max: 500 }), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 12 },
);

describe('the timer of a request', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
  afterEach(() => void vi.useRealTimers());

  it('ends each wait at its own time, however many there are, none that was dropped, and stops with the last', ({
    expect,
  }) => {
    fc.assert(
      fc.property(givens, (given: readonly Given[]) => {
        const timer = new RequestTimer();
        const start = Date.now();
        const ended = new Map<number, number>();
        for (const [n, { begins, lasts, comes }] of given.entries()) {
          const wait = { at: start + begins + lasts, over: () => ended.set(n, Date.now() - start) };
          setTimeout(() => timer.add(wait, Date.now()), begins);
          if (comes !== undefined) setTimeout(() => timer.drop(wait), begins + comes);
        }
        vi.advanceTimersByTime(2_000);
        for (const [n, { begins, lasts, comes }] of given.entries()) {
          // What comes in the very millisecond may be either.
          if (comes === lasts) continue;
          expect(ended.get(n)).toBe(comes !== undefined && comes < lasts ? undefined : begins + lasts);
        }
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is set once for waits that begin together', ({ expect }) => {
    const set = vi.spyOn(globalThis, 'setTimeout');
    const timer = new RequestTimer();
    const now = Date.now();
    const waits = [400, 300, 50].map((lasts) => ({ at: now + lasts, over: () => undefined }));
    for (const wait of waits) timer.add(wait, now);
    for (const wait of waits) timer.drop(wait);
    expect([set.mock.calls.length, vi.getTimerCount()]).toEqual([1, 0]);
    set.mockRestore();
  });
});
