import fc from 'fast-check';
import { describe, it } from 'vitest';
import { seededRandom } from '../../ops/seeded-random.ts';
import { MINUTE_MS } from '../time.ts';
import { addMinute, emptyMinute, type MinuteTally, sizeOf, sizeRank } from './minute.ts';
import { ShareWatch } from './share-watch.ts';
import { type Alarm, MAX_SERIES, SiteWatch } from './site-watch.ts';
import { type PulseEvent, tallyEvent, tallyOther } from './tally-events.ts';

const event = (id: string, more: Partial<PulseEvent> = {}): PulseEvent => ({
  id,
  type: 'product_viewed',
  time: 0,
  receivedAt: 0,
  client: { bot: false, browser: 'Chrome' },
  ...more,
});
function minuteOf(events: readonly PulseEvent[]): MinuteTally {
  const minute = emptyMinute();
  for (const one of events) tallyEvent(minute, one);
  return minute;
}
const anyEvent: fc.Arbitrary<PulseEvent> = fc
  .record({
    id: fc.string({ minLength: 1, maxLength: 4 }),
    type: fc.constantFrom('a', 'b', 'constructor', '__proto__'),
    time: fc.integer({ min: 0, max: 4_000_000 }),
    properties: fc.dictionary(
      fc.constantFrom('x', 'y', 'toString'),
      fc.oneof(
        fc.double(),
        fc.string(),
        fc.constantFrom('toString', '__proto__', 'constructor', 'EUR'),
        fc.constant(null),
        fc.constant([1]),
      ),
    ),
    client: fc.constantFrom({ bot: true }, { bot: false, browser: 'Chrome' }, { bot: false }),
  })
  .map((one) => event(one.id, one));
/** What a minute counts, without its examples, of which only a few are kept. */
const countsOf = ({ counts, properties }: MinuteTally) => ({ counts, properties });

describe('a minute’s tally', () => {
  it('is the same however events are split and in whatever order the parts are added', ({ expect }) => {
    fc.assert(
      fc.property(
        fc.array(anyEvent, { maxLength: 30 }),
        fc.array(fc.nat(2), { minLength: 30, maxLength: 30 }),
        (events, parts) => {
          const whole = minuteOf(events);
          const split = [0, 1, 2].map((part) => minuteOf(events.filter((_, at) => parts[at] === part)));
          for (const order of [split, split.toReversed()]) {
            const sum = emptyMinute();
            for (const part of order) addMinute(sum, JSON.parse(JSON.stringify(part)));
            expect(countsOf(sum)).toEqual(JSON.parse(JSON.stringify(countsOf(whole))));
          }
        },
      ),
    );
  });

  it('is bounded, whatever names come', ({ expect }) => {
    const minute = emptyMinute();
    for (let at = 0; at < 5_000; at += 1) {
      tallyEvent(minute, event(`e${at}`, { type: `t${at}`, properties: { [`p${at}`]: `v${at}` } }));
      tallyOther(minute, 'rejected', { id: `r${at}`, reason: `why${at}` });
    }
    expect(JSON.stringify(minute).length).toBeLessThan(60_000);
    expect(minute.counts).toMatchObject({ accepted: 5_000, rejected: 5_000 });
    const watch = new SiteWatch();
    for (let at = 0; at < 20; at += 1) {
      const other = emptyMinute();
      for (let of = 0; of < 100; of += 1) tallyEvent(other, event('e', { type: `t${at}-${of}`, properties: { x: 1 } }));
      watch.next(at * MINUTE_MS, other);
    }
    expect(watch.size.series).toBe(MAX_SERIES);
    expect(watch.size.left).toBeGreaterThan(0);
  });

  it('keeps no text that could be of a person', ({ expect }) => {
    const minute = emptyMinute();
    const properties = {
      email: 'ann',
      note: 'ann@mail.example',
      first_name: 'Ann',
      phone: '066',
      order: 'o-123456',
      currency: 'EUR',
    };
    tallyEvent(minute, event('e', { properties }));
    tallyEvent(minute, event('f', { type: 'identify', properties: { plan: 'gold' } }));
    expect(JSON.stringify(minute)).not.toMatch(/ann|Ann|066|123456|gold/);
    expect(minute.properties['product_viewed|currency']?.values).toEqual({ EUR: 1 });
  });

  it('orders sizes as numbers are', ({ expect }) => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
        if (a < b) expect(sizeRank(sizeOf(a))).toBeLessThanOrEqual(sizeRank(sizeOf(b)));
      }),
    );
  });
});

describe('the watch over a share', () => {
  /** Minutes until it tells that the share is another one, from a known state. */
  const delay = (before: number, after: number, seen: number, seed: number) => {
    const random = seededRandom(seed);
    const hits = (share: number) => Array.from({ length: seen }, random).filter((drawn) => drawn < share).length;
    const watch = new ShareWatch();
    for (let at = 0; at < 600; at += 1) if (watch.next(at * MINUTE_MS, hits(before), seen)) return -1;
    for (let at = 600; at < 640; at += 1) {
      const drift = watch.next(at * MINUTE_MS, hits(after), seen);
      if (drift) return drift.direction === (after > before ? 'up' : 'down') ? at - 599 : -2;
    }
    return undefined;
  };

  it.for([
    [0.5, 0.25, 200, 5],
    [0.05, 0, 300, 4],
    [0, 0.2, 100, 4],
    [0.02, 0.1, 300, 5],
    [0.9, 0.99, 200, 8],
  ] as const)('that goes from %f to %f of %i tells it within %i minutes', ([before, after, seen, most], { expect }) => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const found = delay(before, after, seen, seed);
      expect(found, `seed ${seed}`).toBeGreaterThan(0);
      expect(found).toBeLessThanOrEqual(most);
    }
  });

  it('that stays says nothing in weeks', ({ expect }) => {
    for (const [share, seen, seed] of [
      [0.5, 100, 1],
      [0.01, 60, 2],
      [0.001, 500, 3],
    ] as const) {
      const random = seededRandom(seed);
      const watch = new ShareWatch();
      for (let at = 0; at < 15_000; at += 1) {
        const hits = Array.from({ length: seen }, random).filter((drawn) => drawn < share).length;
        expect(watch.next(at * MINUTE_MS, hits, seen)).toBeUndefined();
      }
    }
  });

  it('ends when it is as always again, and takes for usual what has been so for hours', ({ expect }) => {
    const watch = new ShareWatch();
    let minute = 0;
    const run = (minutes: number, hits: number) => {
      const told = [];
      for (const until = minute + minutes; minute < until; minute += 1) {
        const drift = watch.next(minute * MINUTE_MS, hits, 200);
        if (drift) told.push(drift.direction);
      }
      return told;
    };
    expect(run(300, 100)).toEqual([]);
    expect(run(60, 20)).toEqual(['down']);
    expect(watch.open?.found).toBeCloseTo(0.1, 1);
    expect(run(30, 100)).toEqual([]);
    expect(watch.open).toBeUndefined();
    expect(run(700, 20)).toEqual(['down']);
    expect(watch.open).toBeUndefined();
    expect(run(60, 100)).toEqual(['up']);
  });
});

describe('the watch over a site', () => {
  const minutes = (count: number, from: number, broken: boolean) =>
    Array.from({ length: count }, (_, at) => {
      const events = Array.from({ length: 120 }, (__, index) =>
        event(`${from + at}-${index}`, {
          properties: { price: broken && index % 3 === 0 ? '5' : 5 + (index % 7), kind: 'x' },
        }),
      );
      return [from + at, minuteOf(events)] as const;
    });
  const run = (watch: SiteWatch, some: ReturnType<typeof minutes>): Alarm[] =>
    some.flatMap(([minute, tally]) => watch.next(minute * MINUTE_MS, tally));

  it('goes on from what was kept, as if nothing had been', ({ expect }) => {
    const all = [...minutes(80, 0, false), ...minutes(20, 80, true)];
    const whole = new SiteWatch();
    const expected = run(whole, all);
    expect(expected.map(({ series }) => series)).toContain('kind|product_viewed|price|string');
    const first = new SiteWatch();
    const told = run(first, all.slice(0, 82));
    const again = new SiteWatch(JSON.parse(JSON.stringify(first.toState())));
    expect([...told, ...run(again, all.slice(82))]).toEqual(expected);
    expect(again.toState()).toEqual(whole.toState());
  });

  it('names what comes no more, with the last that came', ({ expect }) => {
    const watch = new SiteWatch();
    run(watch, minutes(80, 0, false));
    const alarms = run(
      watch,
      Array.from({ length: 6 }, (_, at) => [80 + at, minuteOf([])] as const),
    );
    expect(alarms.map(({ kind, direction }) => [kind, direction])).toContainEqual(['volume', 'down']);
  });
});
