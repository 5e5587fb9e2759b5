import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../time.ts';
import { addValue, type DistinctValues, emptyValues, mergeValues, pruneValues, readValues } from './distinct-values.ts';
import { minuteOf } from './limits.ts';
import { addTotal, emptyTotals, type MinuteTotals, mergeTotals, pruneTotals, readTotals } from './minute-totals.ts';
import { valueHash } from './value-hash.ts';

const CAP = 4;
const WINDOW = 180;

interface Seen {
  minute: number;
  value: string;
}

const seen = fc.record({
  minute: fc.integer({ min: 1_000, max: 1_400 }),
  value: fc.integer({ min: 1, max: 12 }).map((n) => valueHash(`v${n}`)),
});
const sets = fc.array(seen, { minLength: 1, maxLength: 60 });
const cuts = fc.tuple(sets, fc.integer({ min: 0, max: 60 }), fc.infiniteStream(fc.nat())).map(([set, at, stream]) => {
  const keyed = set.map((one) => ({ one, key: stream.next().value ?? 0 }));
  const shuffled = keyed.sort((a, b) => a.key - b.key).map(({ one }) => one);
  return { set, shuffled, parts: [shuffled.slice(0, at), shuffled.slice(at)] };
});

function totalsOf(set: readonly Seen[]): MinuteTotals {
  const totals = emptyTotals();
  for (const { minute } of set) {
    totals.newestAt = Math.max(totals.newestAt, minute * MINUTE_MS);
    addTotal(totals, minute, 1n, CAP);
    pruneTotals(totals, WINDOW);
  }
  return totals;
}

function valuesOf(set: readonly Seen[], cap = CAP): DistinctValues {
  const values = emptyValues();
  for (const { minute, value } of set) {
    values.newestAt = Math.max(values.newestAt, minute * MINUTE_MS);
    pruneValues(values, WINDOW);
    if (minute > minuteOf(values.newestAt) - WINDOW) addValue(values, value, minute, cap);
  }
  return values;
}

const sorted = <K, V>(map: ReadonlyMap<K, V>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
const plainTotals = ({ newestAt, minutes, hours }: MinuteTotals) => ({
  newestAt,
  minutes: sorted(minutes),
  hours: sorted(hours),
});
const plainValues = ({ newestAt, values, beyond }: DistinctValues) => ({
  newestAt,
  values: sorted(values),
  beyond: beyond && { minute: beyond.minute, sketch: sorted(beyond.sketch) },
});

describe('totals at their cap', () => {
  it('are a function of the set of events, and merge', () => {
    fc.assert(
      fc.property(cuts, ({ set, shuffled, parts: [a = [], b = []] }) => {
        const whole = plainTotals(totalsOf(set));
        expect(plainTotals(totalsOf(shuffled))).toEqual(whole);
        const merged = mergeTotals(totalsOf(a), totalsOf(b), CAP);
        pruneTotals(merged, WINDOW);
        expect(plainTotals(merged)).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });

  it('are exact where they say so, and else off by no more than the hour at the window’s edge', () => {
    fc.assert(
      fc.property(sets, fc.integer({ min: 0, max: 200 }), (set, later) => {
        const totals = totalsOf(set);
        const at = minuteOf(totals.newestAt) + later;
        const inWindow = (from: number) => BigInt(set.filter(({ minute }) => minute > from).length);
        const { total = 0n, exact } = readTotals(totals, WINDOW, at);
        if (exact) expect(total).toBe(inWindow(at - WINDOW));
        expect(total).toBeGreaterThanOrEqual(inWindow(at - WINDOW));
        expect(total).toBeLessThanOrEqual(inWindow(at - WINDOW - 59));
        expect(totals.minutes.size).toBeLessThanOrEqual(CAP);
        expect(totals.hours.size).toBeLessThanOrEqual(WINDOW / 60 + 1);
      }),
      { numRuns: 500 },
    );
  });
});

describe('distinct values at their cap', () => {
  it('are a function of the set of events, and merge', () => {
    fc.assert(
      fc.property(cuts, ({ set, shuffled, parts: [a = [], b = []] }) => {
        const whole = plainValues(valuesOf(set));
        expect(plainValues(valuesOf(shuffled))).toEqual(whole);
        const merged = mergeValues(valuesOf(a), valuesOf(b), CAP);
        pruneValues(merged, WINDOW);
        expect(plainValues(merged)).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });

  it('are counted exactly while no more than the cap lie in the window, and estimated beyond', () => {
    fc.assert(
      fc.property(sets, fc.integer({ min: 0, max: 200 }), (set, later) => {
        const values = valuesOf(set);
        const at = minuteOf(values.newestAt) + later;
        const inside = new Set(set.filter(({ minute }) => minute > at - WINDOW).map(({ value }) => value)).size;
        const { value = 0n, exact } = readValues(values, WINDOW, at);
        expect(exact).toBe(inside <= CAP);
        if (exact) expect(value).toBe(BigInt(inside));
        else expect(value).toBeGreaterThan(BigInt(CAP));
      }),
      { numRuns: 500 },
    );
  });

  it('are estimated within three standard errors (6.5% each), and within one and a half on average', ({ expect }) => {
    const errors: number[] = [];
    for (const [run, size] of [300, 500, 800, 1_500, 4_000, 12_000].entries()) {
      const set = Array.from({ length: size }, (_, n) => ({
        minute: 5_000 + (n % 170),
        value: valueHash(`${run}-${n}`),
      }));
      const { value, exact } = readValues(valuesOf(set, 256), WINDOW, 5_169);
      expect(exact).toBe(false);
      errors.push(Math.abs(Number(value) / size - 1));
    }
    expect(Math.max(...errors)).toBeLessThan(3 * 0.065);
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(1.5 * 0.065);
  });

  it('are estimated for the window alone, also after the older ones have left it', ({ expect }) => {
    const old = Array.from({ length: 3_000 }, (_, n) => ({ minute: 5_000, value: valueHash(`old-${n}`) }));
    const recent = Array.from({ length: 600 }, (_, n) => ({ minute: 5_100, value: valueHash(`new-${n}`) }));
    const values = valuesOf([...recent, ...old], 256);
    expect(Math.abs(Number(readValues(values, WINDOW, 5_100).value) / 3_600 - 1)).toBeLessThan(0.2);
    expect(Math.abs(Number(readValues(values, WINDOW, 5_180).value) / 600 - 1)).toBeLessThan(0.2);
    expect(readValues(values, WINDOW, 5_280).value).toBeUndefined();
  });
});
