import { test } from 'vitest';
import { rebaseEvent, rebaseShift } from './rebase.ts';

const event = (occurredAt: string) => ({ id: 'e', type: 'page_viewed', occurredAt, anonymousId: 'a' });

test('the newest event is now, to the second, and gaps stay', ({ expect }) => {
  const nowMs = Date.parse('2026-05-01T12:00:00.700Z');
  const shiftMs = rebaseShift(Date.parse('2017-12-03T15:59:59Z'), nowMs);
  expect(rebaseEvent(event('2017-12-03T15:59:59Z'), shiftMs).occurredAt).toBe('2026-05-01T12:00:00.000Z');
  expect(rebaseEvent(event('2017-12-03T15:59:49Z'), shiftMs).occurredAt).toBe('2026-05-01T11:59:50.000Z');
});

test('without a shift an event stays as it was written', ({ expect }) => {
  expect(rebaseEvent(event('2026-05-01T14:00:00+02:00'), 0).occurredAt).toBe('2026-05-01T14:00:00+02:00');
  expect(rebaseShift(undefined, 1)).toBe(0);
});
