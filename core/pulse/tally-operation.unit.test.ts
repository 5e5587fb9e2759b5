import { describe, it } from 'vitest';
import { emptyMinute } from './minute.ts';
import { isDegraded, tallyDecision, tallyDelay, tallyRequest } from './tally-operation.ts';

describe('what the pulse counts of operation', () => {
  it('tells what was late or away from what is not known', ({ expect }) => {
    const away = ['profile_deadline', 'profile_error', 'slot_deadline', 'slot_error', 'catalogue_unavailable'];
    for (const reason of [...away, ...away.map((one) => `${one}_by_content`)])
      expect([reason, isDegraded(reason)]).toEqual([reason, true]);
    for (const reason of [
      'live_profile',
      'live_profile_by_content',
      'no_visitor',
      'no_consent',
      'no_model',
      'not_personal',
      'nothing_viewed',
      'held_out',
      'browser',
    ])
      expect([reason, isDegraded(reason)]).toEqual([reason, false]);
  });

  it('is classes of answers, slots and tiers, and bounds that hold what was measured', ({ expect }) => {
    const minute = emptyMinute();
    tallyRequest(minute, 'accept', 202);
    tallyRequest(minute, 'accept', 503);
    tallyDecision(minute, { slot: 'home', tier: 'live', reason: 'live_profile', ms: 10 });
    tallyDecision(minute, { slot: 'home', tier: 'popular', reason: 'profile_error', ms: 5_000 });
    tallyDelay(minute, 'applied', -5, 3);
    tallyDelay(minute, 'applied', 501, 2);
    expect(minute.counts).toEqual({
      'request|accept|2xx': 1,
      'request|accept|5xx': 1,
      'decision|home|live': 1,
      'decision|home|popular': 1,
      'why|live_profile': 1,
      'why|profile_error': 1,
      'read|whole': 1,
      'read|degraded': 1,
      'took|10': 1,
      'took|inf': 1,
      took_ms: 5_010,
      'delay|applied|500': 3,
      'delay|applied|1000': 2,
      'delay_ms|applied': 1_002,
    });
  });
});
