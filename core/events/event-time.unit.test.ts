import { describe, it } from 'vitest';
import { correctedTime } from './event-time.ts';

const ARRIVED = Date.parse('2026-05-01T12:00:00.000Z');
const MINUTE = 60_000;

describe('the time of an event on our clock', () => {
  it.for<[string, number, number, number]>([
    ['is moved by a clock two hours slow', -125 * MINUTE, -120 * MINUTE, -5 * MINUTE],
    ['is moved by a clock two days fast', 2 * 1_440 * MINUTE - 5 * MINUTE, 2 * 1_440 * MINUTE, -5 * MINUTE],
    ['is left as it is where only the network took its time', -5 * MINUTE, -59_999, -5 * MINUTE],
    [
      'is moved by whole minutes, so that a retry lands on the same time',
      -125 * MINUTE,
      -120 * MINUTE - 9_000,
      -5 * MINUTE,
    ],
    ['is never of the future', MINUTE, 0, 0],
  ])('%s', ([, occurred, sent, expected], { expect }) => {
    expect(correctedTime(ARRIVED + occurred, ARRIVED + sent, ARRIVED) - ARRIVED).toBe(expected);
  });

  it('is the client’s own where it does not say when it sent', ({ expect }) => {
    expect(correctedTime(ARRIVED - 90 * MINUTE, undefined, ARRIVED)).toBe(ARRIVED - 90 * MINUTE);
    expect(correctedTime(ARRIVED + 90 * MINUTE, undefined, ARRIVED)).toBe(ARRIVED);
  });
});
