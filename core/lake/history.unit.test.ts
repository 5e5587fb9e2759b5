import { describe, it } from 'vitest';
import { HOUR_MS } from '../time.ts';
import { rowOf } from './columns.ts';
import { historyMessageId, newHistory, weekOf } from './history.ts';
import type { RawEvent } from './raw-object.ts';

const event = (id: string, more: Partial<RawEvent> = {}): RawEvent => ({
  v: 2,
  site: 's',
  ledger: 'u/ann',
  messageId: historyMessageId('m'),
  receivedAt: 0,
  client: { device: 'unknown', bot: false },
  id,
  type: 'page_viewed',
  time: 5 * HOUR_MS,
  occurredAt: '1970-01-01T05:00:00Z',
  fingerprint: 1,
  ...more,
});
const rows = (...events: RawEvent[]) => events.map(rowOf);

describe('history', () => {
  it('waits by weeks that begin on Mondays', ({ expect }) => {
    for (const [day, monday] of [
      ['2026-11-23', '2026-11-23'],
      ['2026-11-29', '2026-11-23'],
      ['1970-01-01', '1969-12-29'],
      ['1969-12-28', '1969-12-22'],
    ] as const)
      expect(new Date(weekOf(Date.parse(`${day}T23:59:59Z`))).toISOString()).toBe(`${monday}T00:00:00.000Z`);
  });

  it('counts what is new, may be counted, and came as history', ({ expect }) => {
    const before = rows(event('old'), event('live', { messageId: 'm' }));
    const after = [
      ...before,
      ...rows(
        event('new'),
        event('old', { ledger: 'u/bea' }),
        event('stream', { messageId: 'm' }),
        event('bot', { client: { device: 'bot', bot: true } }),
        event('refused', { consent: ['personalization'] }),
        event('agreed', { consent: ['analytics'] }),
      ),
    ];
    const found = newHistory('s', before, after).map(({ ledger, id }) => `${ledger} ${id}`);
    expect(found).toEqual(['u/ann new', 'u/bea old', 'u/ann agreed']);
    expect(newHistory('s', after, after)).toEqual([]);
  });
});
