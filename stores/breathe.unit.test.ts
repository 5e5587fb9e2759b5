import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { noteServing, onDemand, rest } from './breathe.ts';

const wait = vi.fn(async (_ms: number) => undefined);

let hour = Date.now();

beforeEach(() => {
  // The module remembers when it rested: each test is later than the one before.
  hour += 3_600_000;
  vi.useFakeTimers({ now: hour });
  vi.stubGlobal('scheduler', { wait });
  wait.mockClear();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const waits = () => wait.mock.calls.map(([ms]) => ms);

describe('work by the clock', () => {
  test('rests behind the work beside it where requests are served, so that no two slices fall together', async () => {
    noteServing();
    await Promise.all([rest(), rest(), rest()]);
    const [first = 0, second = 0, third = 0] = waits();
    expect(first).toBeGreaterThan(0);
    expect([second - first, third - second]).toEqual([first, first]);
  });

  test('rests no longer for what has rested before it', async () => {
    noteServing();
    await rest();
    const [first = 0] = waits();
    vi.advanceTimersByTime(first);
    await rest();
    expect(waits()).toEqual([first, first]);
  });

  test('does not rest where no request comes, and only breathes where somebody waits for it', async () => {
    await rest();
    expect(waits()).toEqual([0]);
    noteServing();
    await rest();
    const [, resting = 0] = waits();
    await onDemand(() => rest());
    expect(waits()[2]).toBeLessThan(resting);
  });
});
