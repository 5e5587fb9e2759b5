import { describe, it } from 'vitest';
import { DAY_MS } from '../time.ts';
import { type Duties, expiresAt, nextDuty } from './next-duty.ts';

const NOW = Date.parse('2026-05-01T12:00:00Z');
const duties = (more: Partial<Duties> = {}): Duties => ({
  now: NOW,
  oldestPageMs: undefined,
  retentionMs: 28 * DAY_MS,
  expiresAt: NOW + 395 * DAY_MS,
  nextChangeAt: null,
  outboxWaits: false,
  eventsWait: false,
  ...more,
});

describe('the next duty of a profile', () => {
  it('is to be forgotten, a day after it expired, when nothing else is due', ({ expect }) => {
    expect(nextDuty(duties())).toBe(NOW + 396 * DAY_MS);
  });

  it('is the oldest page of ids, a day after no accepted event can bear them', ({ expect }) => {
    expect(nextDuty(duties({ oldestPageMs: NOW - 3 * DAY_MS }))).toBe(NOW + 26 * DAY_MS);
  });

  it('is upkeep not more than once a day, however much is overdue', ({ expect }) => {
    expect(nextDuty(duties({ oldestPageMs: NOW - 90 * DAY_MS, expiresAt: NOW - 10 }))).toBe(NOW + DAY_MS);
  });

  it('is a segment’s change at its very moment, and what waits to be handed on at once', ({ expect }) => {
    expect(nextDuty(duties({ nextChangeAt: NOW + 5_000 }))).toBe(NOW + 5_000);
    expect(nextDuty(duties({ nextChangeAt: NOW + 5_000, outboxWaits: true }))).toBe(NOW);
    expect(nextDuty(duties({ nextChangeAt: NOW + 800 * DAY_MS }))).toBe(NOW + 396 * DAY_MS);
    expect(nextDuty(duties({ nextChangeAt: NOW + 60_000, eventsWait: true }))).toBe(NOW + 10_000);
  });

  it('counts the life of a profile from its newest event, or from now', ({ expect }) => {
    expect(expiresAt(NOW - DAY_MS, 10 * DAY_MS, NOW)).toBe(NOW + 9 * DAY_MS);
    expect(expiresAt(0, 10 * DAY_MS, NOW)).toBe(NOW + 10 * DAY_MS);
  });
});
