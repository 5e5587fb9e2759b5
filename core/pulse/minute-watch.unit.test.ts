import { describe, it } from 'vitest';
import { seededRandom } from '../../ops/seeded-random.ts';
import { minuteOfMany } from '../../test/material/minutes.ts';
import { makeShapeModel } from '../anomalies/shape-model.ts';
import { HOUR_MS, MINUTE_MS } from '../time.ts';
import { alarmWords } from './alarm-words.ts';
import { MINUTE_SHAPE, shapeOfMinute } from './minute-watch.ts';
import { type Alarm, SiteWatch } from './site-watch.ts';

/** A watch that has seen some hours, with a forest of them, and what it said meanwhile. */
function watched(seed: number, hours: number): { watch: SiteWatch; time: number; told: Alarm[]; odd: number } {
  const random = seededRandom(seed);
  const watch = new SiteWatch();
  const rows: number[][] = [];
  const told: Alarm[] = [];
  let odd = 0;
  let time = 0;
  for (; time < hours * HOUR_MS; time += MINUTE_MS) {
    told.push(...watch.next(time, minuteOfMany(random)));
    if (watch.lastMinute.shape) rows.push(watch.lastMinute.shape);
    if (watch.lastMinute.odd) odd += 1;
    if (time === 10 * HOUR_MS) watch.minuteModel = makeShapeModel('(minutes)', rows, random, MINUTE_SHAPE);
  }
  return { watch, time, told, odd };
}

describe('a minute as a whole', () => {
  it('is told where much is a little off at once and no series alone tells it, with what is off the most', ({
    expect,
  }) => {
    for (const seed of [1, 2, 3]) {
      const { watch, time, told, odd } = watched(seed, 30);
      expect(told).toEqual([]);
      // Of twenty hours.
      expect(odd).toBeLessThan(0.02 * 20 * 60);
      const random = seededRandom(seed + 100);
      const alarms: Alarm[] = [];
      for (let at = 0; at < 30 && alarms.length === 0; at += 1) {
        // One minute in two, so that no series adds up.
        alarms.push(...watch.next(time + at * MINUTE_MS, minuteOfMany(random, at % 2 === 0 ? 0.3 : -0.3)));
      }
      expect(alarms).toMatchObject([{ kind: 'minute', direction: 'up', series: 'minute' }]);
      const [alarm] = alarms;
      expect(alarm?.name).toMatch(/type\|type_|browser\|/);
      expect(alarm && alarmWords(alarm)).toMatch(/^Minutes unlike others: .*; the last was off in .*(?:type|browser) /);
      expect(watch.open).toEqual(['minute']);
      expect(watch.forget('minute')).toBe(true);
      expect(watch.open).toEqual([]);
    }
  });

  it('says nothing where a series explains it, and such minutes teach nothing', ({ expect }) => {
    const { watch, time } = watched(4, 30);
    const random = seededRandom(5);
    const alarms: Alarm[] = [];
    for (let at = 0; at < 30; at += 1) {
      const minute = minuteOfMany(random);
      delete minute.counts['type|type_3'];
      alarms.push(...watch.next(time + at * MINUTE_MS, minute));
      if (alarms.length > 0) expect(watch.lastMinute).toEqual({ shape: undefined, odd: undefined });
    }
    expect(alarms.map(({ series }) => series)).toEqual(['type|type_3']);
  });

  it('goes on from what was kept as if it had never been away', ({ expect }) => {
    const { watch, time } = watched(6, 14);
    const other = new SiteWatch(JSON.parse(JSON.stringify(watch.toState())));
    const random = seededRandom(7);
    const model = makeShapeModel(
      '(minutes)',
      Array.from({ length: 400 }, () => MINUTE_SHAPE.features.map(() => random())),
      random,
      { ...MINUTE_SHAPE, check: { features: new Set(), more: 0 } },
    );
    for (const one of [watch, other]) one.minuteModel = model;
    for (let at = 0; at < 60; at += 1) {
      const minute = minuteOfMany(random, 0.2);
      expect(other.next(time + at * MINUTE_MS, minute)).toEqual(watch.next(time + at * MINUTE_MS, minute));
      expect(other.lastMinute).toEqual(watch.lastMinute);
    }
    expect(other.toState()).toEqual(watch.toState());
  });

  it('has a number for each group of series, and none where nothing of a group is known', ({ expect }) => {
    const shape = shapeOfMinute([
      { kind: 'type', series: 'type|a', by: 3 },
      { kind: 'type', series: 'type|b', by: -1 },
      { kind: 'late', series: 'late', by: 0 },
    ]);
    expect(shape).toHaveLength(MINUTE_SHAPE.features.length);
    expect(shape[MINUTE_SHAPE.features.indexOf('types')]).toBeCloseTo(Math.log1p(5), 2);
    expect(shape[MINUTE_SHAPE.features.indexOf('door')]).toBe(0);
    expect(shape.filter(Number.isNaN)).toHaveLength(MINUTE_SHAPE.features.length - 2);
  });
});
