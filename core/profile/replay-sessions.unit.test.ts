import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { EnrichedEvent } from '../events/message.ts';
import type { Ledger } from '../identity/ledger.ts';
import { HOUR_MS, MINUTE_MS } from '../time.ts';
import { applyMessages } from './apply-messages.ts';
import { changedSessions } from './changed-sessions.ts';
import { DedupLog } from './dedup-log.ts';
import { PROFILE_CAPS } from './limits.ts';
import { SessionReplay } from './replay-sessions.ts';
import { sessionId } from './session-id.ts';
import { emptyState } from './state.ts';

const START = Date.parse('2026-05-01T00:00:00Z');
const LEDGERS: Ledger[] = ['a/ada', 'a/bob', 'u/eve'];

interface Told {
  readonly id: string;
  readonly endedAt: number;
  readonly items: readonly string[];
}
const sorted = (sessions: readonly Told[]) => sessions.toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** What the index holds after a profile has counted the events, each in a message of its own, in this order. */
function streamed(ledger: Ledger, events: readonly EnrichedEvent[]): Told[] {
  const state = emptyState();
  const log = new DedupLog([], new Uint8Array());
  const index = new Map<string, Told>();
  for (const [version, event] of events.entries()) {
    const messages = [{ id: `m${event.id}`, events: [event] }];
    const { touchedSessions, retired } = applyMessages(state, log, messages, START + 60 * HOUR_MS, 14);
    const changes = { touched: touchedSessions, retired, messageIds: new Set([`m${event.id}`]) };
    for (const { id, endedAt, items } of changedSessions(state, changes, `${ledger}.`, version + 1)) {
      if (items.length > 0) index.set(id, { id, endedAt, items });
      else index.delete(id);
    }
  }
  return sorted([...index.values()]);
}

/** What a replay makes of all events, read hour by hour; `kept` takes and gives back its state between two hours. */
function replayed(events: ReadonlyMap<Ledger, readonly EnrichedEvent[]>, kept = (state: object) => state): Told[] {
  let replay = new SessionReplay();
  const told = new Map<string, Told[]>();
  const note = (sessions: ReturnType<SessionReplay['closeBefore']>) => {
    for (const { prefix, start, endedAt, items } of sessions)
      told.set(prefix, [...(told.get(prefix) ?? []), { id: sessionId(prefix, start), endedAt, items }]);
  };
  for (let hour = START; hour < START + 50 * HOUR_MS; hour += HOUR_MS) {
    note(replay.closeBefore(hour));
    for (const [ledger, own] of events) {
      const inHour = own.filter(({ time }) => time >= hour && time < hour + HOUR_MS);
      note(replay.take({ prefix: `${ledger}.`, hash: '' }, inHour));
    }
    replay = new SessionReplay(kept(replay.state) as ConstructorParameters<typeof SessionReplay>[0]);
  }
  note(replay.closeBefore(Number.POSITIVE_INFINITY));
  return sorted([...told].flatMap(([prefix, sessions]) => (replay.refused.has(prefix) ? [] : sessions)));
}

const anEvent = fc.record({
  minute: fc.integer({ min: 0, max: 48 * 60 }),
  kind: fc.constantFrom('view', 'view', 'view', 'order', 'page', 'refuses', 'grants', 'without'),
  item: fc.integer({ min: 0, max: 9 }),
});

function eventsOf(
  drawn: readonly { minute: number; kind: string; item: number }[],
  gapMinutes: number,
): EnrichedEvent[] {
  return drawn
    .map(({ minute, kind, item }, n): EnrichedEvent => {
      // Some times fall together, and some exactly a session's gap apart.
      const time = START + Math.floor(minute / gapMinutes) * gapMinutes * MINUTE_MS;
      const base = { id: `e${n}`, time, occurredAt: new Date(time).toISOString(), fingerprint: n };
      const product = { product_id: `p${item}` };
      if (kind === 'order')
        return {
          ...base,
          type: 'order_completed',
          properties: { order_id: `o${n}`, products: [product, { product_id: 'x' }] },
        };
      if (kind === 'page') return { ...base, type: 'page_viewed' };
      if (kind === 'without') return { ...base, type: 'product_viewed', properties: product, consent: ['analytics'] };
      if (kind === 'view') return { ...base, type: 'product_viewed', properties: product };
      return { ...base, type: 'consent_changed', properties: { purposes: { personalization: kind === 'grants' } } };
    })
    .sort((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
}

const aHistory = fc
  .tuple(fc.array(fc.array(anEvent, { maxLength: 60 }), { minLength: 3, maxLength: 3 }), fc.constantFrom(1, 7, 10, 30))
  .map(([drawn, gap]) => new Map(LEDGERS.map((ledger, n) => [ledger, eventsOf(drawn[n] ?? [], gap)])));

describe('a replay of sessions', () => {
  it('makes those that the profiles told the index of, whatever the events and wherever it was broken off', ({
    expect,
  }) => {
    fc.assert(
      fc.property(aHistory, (events) => {
        const expected = sorted([...events].flatMap(([ledger, own]) => streamed(ledger, own)));
        expect(replayed(events)).toEqual(expected);
        expect(replayed(events, (state) => JSON.parse(JSON.stringify(state)))).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('makes them also where a profile has forgotten the first ones, and where they hold more than is kept', ({
    expect,
  }) => {
    const views = Array.from({ length: PROFILE_CAPS.interactions * 3 }, (_, n) => ({
      minute: n * 9 + (n % 40 === 0 ? 0 : 5),
      kind: 'view',
      item: n % 10,
    }));
    const late = { minute: 47 * 60, kind: 'grants', item: 0 };
    const events = new Map([['a/ada' as Ledger, eventsOf([...views, late], 1)]]);
    expect(replayed(events)).toEqual(streamed('a/ada', events.get('a/ada') ?? []));
    expect(replayed(events).length).toBeGreaterThan(0);
  });
});
