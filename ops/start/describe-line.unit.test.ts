import { describe, it } from 'vitest';
import { describeLine } from './describe-line.ts';

const tell = (fields: unknown) =>
  describeLine({ level: 'log', message: typeof fields === 'string' ? fields : JSON.stringify(fields), timestamp: 0 });
const request = { event: 'request', route: 'POST /v/events', status: 202, ms: 7, requestId: 'r', site: 'shop' };

describe('describeLine', () => {
  it.for<[unknown, RegExp]>([
    [
      { ...request, accepted: 2, rejected: 0 },
      /^\d\d:\d\d:\d\d {2}202 {2}POST \/v\/events {2}shop {2}2 accepted {2}7 ms$/,
    ],
    [{ ...request, accepted: 1, rejected: 2, code: 'late,no_consent' }, /1 accepted, 2 refused: late,no_consent/],
    [
      { ...request, status: 401, site: undefined, code: 'unknown_key' },
      /401 {2}POST \/v\/events {2}unknown_key {2}7 ms$/,
    ],
    [{ ...request, slot: 'home', tier: 'model', reason: 'recent_items' }, /slot home, tier model, recent_items/],
    [{ event: 'job', job: 'publish', outcome: 'failed', error: 'no' }, /job=publish outcome=failed error=no/],
    [{ event: 'live_deferred_failed', profiles: 2 }, /profiles=2/],
    ['a line of the runtime', /a line of the runtime$/],
  ])('tells of %o', ([fields, expected], { expect }) => {
    expect(tell(fields)).toMatch(expected);
  });

  it('is silent about simulated shoppers and about what is in order', ({ expect }) => {
    expect(tell({ ...request, requestId: 'shopper-1', accepted: 2 })).toBeUndefined();
    expect(tell({ event: 'consume', messages: 3, acked: 3, ms: 2 })).toBeUndefined();
    expect(tell({ event: 'job', job: 'publish', outcome: 'done', ms: 2 })).toBeUndefined();
    expect(tell('')).toBeUndefined();
  });
});
