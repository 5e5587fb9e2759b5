import { expect, it } from 'vitest';
import { isScheduled, scheduleSchema, wallClock } from './schedule.ts';

const at = (time: string) => Date.parse(time);
const holds = (schedule: object, time: string) => isScheduled(scheduleSchema.parse(schedule), at(time));

it('goes by the clock on the wall, over the change to summer time too', () => {
  expect(wallClock('Europe/Vienna', at('2026-03-29T00:59:00Z'))).toEqual({ time: '2026-03-29T01:59', weekday: 7 });
  expect(wallClock('Europe/Vienna', at('2026-03-29T01:00:00Z'))).toEqual({ time: '2026-03-29T03:00', weekday: 7 });
  expect(wallClock('UTC', at('2026-11-26T00:00:00Z'))).toEqual({ time: '2026-11-26T00:00', weekday: 4 });
});

it.for([
  [{ from: '2026-11-27T00:00', timeZone: 'Europe/Vienna' }, '2026-11-26T22:59:00Z', false],
  [{ from: '2026-11-27T00:00', timeZone: 'Europe/Vienna' }, '2026-11-26T23:00:00Z', true],
  [{ until: '2026-11-27T00:00' }, '2026-11-26T23:59:59Z', true],
  [{ until: '2026-11-27T00:00' }, '2026-11-27T00:00:00Z', false],
  [{ weekdays: [4] }, '2026-11-26T12:00:00Z', true],
  [{ weekdays: [5, 6, 7] }, '2026-11-26T12:00:00Z', false],
  [{ hours: ['09:00', '17:00'] }, '2026-11-26T17:00:00Z', false],
  [{ hours: ['09:00', '17:00'] }, '2026-11-26T09:00:00Z', true],
  [{ hours: ['22:00', '02:00'] }, '2026-11-26T01:59:00Z', true],
  [{ hours: ['22:00', '02:00'] }, '2026-11-26T12:00:00Z', false],
  // The night from Thursday to Friday is Thursday's.
  [{ hours: ['22:00', '02:00'], weekdays: [4] }, '2026-11-27T01:00:00Z', true],
  [{ hours: ['22:00', '02:00'], weekdays: [5] }, '2026-11-27T01:00:00Z', false],
  [{ hours: ['22:00', '02:00'], weekdays: [7] }, '2026-11-30T01:00:00Z', true],
] as const)('%o at %s: %s', ([schedule, time, expected]) => {
  expect(holds(schedule, time)).toBe(expected);
});

it('is refused where it is no time', () => {
  for (const bad of [
    { timeZone: 'Vienna' },
    { from: '2026-13-01T00:00' },
    { from: 'soon' },
    { hours: ['9:00', '17:00'] },
    { weekdays: [0] },
  ])
    expect([bad, scheduleSchema.safeParse(bad).success]).toEqual([bad, false]);
});
