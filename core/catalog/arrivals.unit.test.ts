import { describe, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../time.ts';
import { type Arrival, newFrom, withArrival } from './arrivals.ts';

const BEGUN = 1_000 * DAY_MS;
const marked = (times: readonly (readonly [position: number, at: number])[], from: readonly Arrival[] = []) =>
  times.reduce<readonly Arrival[]>((arrivals, [position, at]) => withArrival(arrivals, position, BEGUN + at), from);

describe('what is new in a catalogue', () => {
  it('is nothing of what it began with, though that takes hours', ({ expect }) => {
    const arrivals = marked([
      [0, 0],
      [500, 10 * 60_000],
      [1_000, 2 * HOUR_MS],
      [2_000, 20 * HOUR_MS],
    ]);
    for (const at of [0, HOUR_MS, DAY_MS, 13 * DAY_MS]) expect(newFrom(arrivals, BEGUN + at)).toBeUndefined();
  });

  it('is what came later, for two weeks', ({ expect }) => {
    const arrivals = marked([
      [0, 0],
      [100, 2 * DAY_MS],
      [120, 2 * DAY_MS + 60_000],
      [130, 10 * DAY_MS],
    ]);
    expect(newFrom(arrivals, BEGUN + 3 * DAY_MS)).toBe(100);
    expect(newFrom(arrivals, BEGUN + 15 * DAY_MS)).toBe(100);
    expect(newFrom(arrivals, BEGUN + 17 * DAY_MS)).toBe(130);
    expect(newFrom(arrivals, BEGUN + 25 * DAY_MS)).toBeUndefined();
    expect(newFrom([], BEGUN)).toBeUndefined();
  });

  it('is what came since, in a catalogue that was there before anybody noted it', ({ expect }) => {
    const arrivals = marked([[700, 0]]);
    expect(newFrom(arrivals, BEGUN + HOUR_MS)).toBe(700);
  });

  it('is noted in few marks, however often something comes', ({ expect }) => {
    const minutes = Array.from({ length: 40 * 24 * 4 }, (_, n) => [n, n * 15 * 60_000] as const);
    expect(marked(minutes).length).toBeLessThan(14 * 24 + 3);
  });
});
