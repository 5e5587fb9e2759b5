import { describe, it } from 'vitest';
import { type AlarmSaid, alarmWords, shareWords } from './alarm-words.ts';

const alarm = (more: Partial<AlarmSaid>): AlarmSaid => ({
  kind: 'missing',
  direction: 'up',
  usual: 0.001,
  found: 0.2,
  ...more,
});

describe('the words of an alarm', () => {
  it.for<[Partial<AlarmSaid>, string]>([
    [{ type: 'order_completed', property: 'total' }, 'total is missing in order_completed: 20%, usually 0.1%'],
    [
      { kind: 'type', type: 'order_completed', direction: 'down', found: 0, usual: 0.025 },
      'No order_completed comes any more, usually 2.5% of all events',
    ],
    [{ kind: 'type', type: 'page_viewed', direction: 'down' }, 'Fewer page_viewed: 20%, usually 0.1% of all events'],
    [
      { kind: 'kind', type: 'order_completed', property: 'total', name: 'string' },
      'total of order_completed is a text more often: 20%, usually 0.1%',
    ],
    [
      { kind: 'unknown', type: 'a', property: 'currency', name: 'euro' },
      'currency of a has a new value, “euro”: 20%, usually 0.1%',
    ],
    [
      { kind: 'repeated', type: 'order_completed', property: 'order_id' },
      'order_id of order_completed is the same in most events of a minute more often than usual: 20%, usually 0.1% of minutes',
    ],
    [{ kind: 'volume', usual: 400.4, found: 12.2 }, '12 events a minute, usually 400'],
    [
      { kind: 'browser', name: 'Firefox', direction: 'down', found: 0, usual: 0.12 },
      'No event comes from Firefox any more, usually 12% of people’s',
    ],
    [{ kind: 'rejected', name: 'late' }, 'More events are refused as late: 20%, usually 0.1%'],
    [{ kind: 'duplicate' }, 'Events that were there already: 20%, usually 0.1%'],
  ])('%j', ([more, expected], { expect }) => {
    expect(alarmWords(alarm(more))).toBe(expected);
  });

  it('have shares that people can read', ({ expect }) => {
    expect([0, 0.00001, 0.00123, 0.0456, 0.5].map(shareWords)).toEqual(['0%', 'under 0.01%', '0.12%', '4.6%', '50%']);
  });
});
