import fc from 'fast-check';
import { describe, it } from 'vitest';
import { seededRandom } from '../../ops/seeded-random.ts';
import { MINUTE_MS } from '../time.ts';
import { addDistinct, estimateDistinct, mergeDistinct } from './distinct-sketch.ts';
import { emptyMinute } from './minute.ts';
import { type Alarm, SiteWatch } from './site-watch.ts';
import { tallyEvent } from './tally-events.ts';

const sketchOf = (values: readonly string[]) =>
  values.reduce<string | undefined>((sketch, value) => addDistinct(sketch, value), undefined);

describe('the sketch of how many values there were', () => {
  it('is the same in any order and in any parts', ({ expect }) => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (some, others) => {
        const whole = sketchOf([...others, ...some, ...some]);
        expect(mergeDistinct(sketchOf(some), sketchOf(others))).toBe(whole);
        expect(mergeDistinct(whole, sketchOf(some))).toBe(whole);
      }),
    );
  });

  it('counts some dozens nearly exactly, and many within what its registers can tell', ({ expect }) => {
    expect(estimateDistinct(undefined)).toBe(0);
    for (const [count, error] of [
      [1, 0],
      [10, 2],
      [40, 10],
      [1_000, 500],
      [50_000, 25_000],
    ] as const)
      for (const seed of ['a', 'b', 'c', 'order-']) {
        const estimate = estimateDistinct(sketchOf(Array.from({ length: count }, (_, at) => `${seed}${at}`)));
        expect(Math.abs(estimate - count)).toBeLessThanOrEqual(error);
      }
  });
});

describe('the watch over identifiers', () => {
  it('names one that is the same in all events, and is silent as long as they differ, by day and night', ({
    expect,
  }) => {
    const random = seededRandom(3);
    const watch = new SiteWatch();
    const alarms: Alarm[] = [];
    const begins = 3 * 24 * 60;
    for (let at = 0; at < begins + 30; at += 1) {
      const minute = emptyMinute();
      const hour = Math.floor(at / 60) % 24;
      const orders = Math.round((hour < 6 ? 5 : 25) * (0.7 + 0.6 * random()));
      for (let n = 0; n < orders; n += 1) {
        const id = `${at}-${n}`;
        tallyEvent(minute, {
          id,
          type: 'order_completed',
          time: at * MINUTE_MS,
          receivedAt: at * MINUTE_MS,
          client: { bot: false },
          // Some shops count from one, some draw; a coupon is one of a few.
          properties: {
            order_id: at < begins ? `o-${id}` : 'undefined',
            coupon: `c${Math.floor(40 * random())}`,
          },
        });
      }
      const told = watch.next(at * MINUTE_MS, minute);
      if (at < begins) expect(told.filter(({ kind }) => kind === 'repeated')).toEqual([]);
      else alarms.push(...told.filter(({ kind }) => kind === 'repeated'));
    }
    expect(alarms).toMatchObject([
      { kind: 'repeated', type: 'order_completed', property: 'order_id', direction: 'up', examples: expect.any(Array) },
    ]);
    expect(alarms[0]?.toldAt).toBeLessThan((begins + 15) * MINUTE_MS);
    expect(alarms[0]?.examples.length).toBeGreaterThan(0);
  });
});
