import fc from 'fast-check';
import { describe, it } from 'vitest';
import { seededRandom } from '../../ops/seeded-random.ts';
import { DAY_MS, MINUTE_MS } from '../time.ts';
import { SeriesDetector } from './series-detector.ts';

const STEP_MS = 5 * MINUTE_MS;
const PER_DAY = DAY_MS / STEP_MS;
/** A score that is an alarm: of a surprise of 5.7. */
const ALARM = 0.9986;

/** Days and nights with noise, five minutes a value. */
function days(count: number, seed: number): number[] {
  const random = seededRandom(seed);
  const noise = () => (random() + random() + random() - 1.5) * 8;
  return Array.from(
    { length: count * PER_DAY },
    (_, at) => 100 + 60 * Math.sin((2 * Math.PI * at) / PER_DAY) + noise(),
  );
}
function scoresOf(values: readonly number[], detector = new SeriesDetector(), first = 0): number[] {
  return values.map((value, at) => detector.next((first + at) * STEP_MS, value).score);
}
/** Rows from the first change to the first alarm; nothing where there is none. */
function delay(values: readonly number[], from: number, within: number): number | undefined {
  const found = scoresOf(values).findIndex((score, at) => at >= from && score >= ALARM);
  return found >= 0 && found < from + within ? found - from : undefined;
}
const FROM = 10 * PER_DAY + 100;
const changed = (seed: number, change: (value: number, at: number) => number) =>
  days(14, seed).map((value, at) => (at < FROM ? value : change(value, at - FROM)));

describe('the detector of a series', () => {
  it.for<[string, number, (value: number, at: number) => number]>([
    ['a spike', 0, (value, at) => (at === 0 ? value + 200 : value)],
    ['a drop to nothing', 3, () => 0],
    ['half of it', 12, (value) => value / 2],
    ['twice as much', 12, (value) => value * 2],
    ['a value that stands still', 24, (value, at) => (at < 200 ? 100 : value)],
    ['noise ten times as wild', 24, (value, at) => value + 80 * Math.sin(at * 7.1)],
  ])('sees %s within %i values more, whatever the noise', ([, most, change], { expect }) => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const found = delay(changed(seed, change), FROM, 100);
      expect(found, `seed ${seed}`).toBeDefined();
      expect(found).toBeLessThanOrEqual(most);
    }
  });

  it('says nothing of what is as always, but for one value in some thousands', ({ expect }) => {
    const alarms = [1, 2, 3, 4, 5, 6, 7, 8].map(
      (seed) =>
        scoresOf(days(28, seed))
          .slice(2 * PER_DAY)
          .filter((score) => score >= ALARM).length,
    );
    expect(alarms.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(12);
  });

  it('tells an episode once', ({ expect }) => {
    const scores = scoresOf(changed(1, (value, at) => (at < 60 ? value + 300 : value)));
    const told = scores.slice(FROM, FROM + 60).filter((score) => score >= ALARM);
    expect(told.length).toBeGreaterThanOrEqual(1);
    expect(told.length).toBeLessThanOrEqual(4);
  });

  it('says the same of a series in other units', ({ expect }) => {
    const values = changed(2, (value) => value / 2);
    const plain = scoresOf(values);
    const scaled = scoresOf(values.map((value) => value * 1_024));
    const alarms = (scores: readonly number[]) => scores.flatMap((score, at) => (score >= ALARM ? [at] : []));
    expect(alarms(scaled)).toEqual(alarms(plain));
    // What lies at the edge of a bin may fall to either side of it.
    const differences = plain.map((score, at) => Math.abs(score - (scaled[at] ?? 0)));
    expect(differences.reduce((sum, one) => sum + one, 0) / plain.length).toBeLessThan(0.002);
  });

  it('goes on from its bytes as if nothing had been', ({ expect }) => {
    const values = changed(3, (value) => value * 2);
    const whole = scoresOf(values);
    const first = new SeriesDetector();
    scoresOf(values.slice(0, FROM - 50), first);
    const bytes = first.toBytes();
    expect(bytes.length).toBeLessThan(10_000);
    const rest = scoresOf(values.slice(FROM - 50), SeriesDetector.from(bytes), FROM - 50);
    rest.forEach((score, at) => {
      expect(score).toBeCloseTo(whole[FROM - 50 + at] ?? Number.NaN, 2);
    });
    expect(() => SeriesDetector.from(bytes.slice(4))).toThrow(RangeError);
  });

  it('gives a number from 0 to 1 for anything, and none while it learns', ({ expect }) => {
    const odd = fc.oneof(
      fc.double(),
      fc.constantFrom(0, -0, 1e308, -1e308, 5e-324, Number.NaN, Number.POSITIVE_INFINITY),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(odd, fc.integer({ min: 0, max: 4e12 })), { maxLength: 120 }), (values) => {
        const detector = new SeriesDetector();
        for (const [value, time] of values) {
          const { score } = detector.next(time, value);
          expect(score >= 0 && score < 1).toBe(true);
          if (detector.count <= 20) expect(score).toBe(0);
        }
      }),
    );
    expect(Math.max(...scoresOf(Array(5_000).fill(7)))).toBeLessThan(0.9);
  });
});
