import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventSets, NOW } from '../../test/material/arbitrary-events.ts';
import { allows } from '../consent/allows.ts';
import type { Outcome } from '../events/applied-events.ts';
import type { EnrichedEvent } from '../events/message.ts';
import { DAY_MS } from '../time.ts';
import { type AppliedMessage, applyMessages } from './apply-messages.ts';
import { DedupLog } from './dedup-log.ts';
import { decodeState, encodeState } from './encode-state.ts';
import { emptyState, type ProfileState } from './state.ts';
import { viewProfile } from './view-profile.ts';

const HORIZON_DAYS = 14;

interface Ledger {
  state: ProfileState;
  log: DedupLog;
}

const newLedger = (): Ledger => ({ state: emptyState(), log: new DedupLog([], new Uint8Array(0)) });
const apply = (ledger: Ledger, messages: AppliedMessage[], now = NOW) =>
  applyMessages(ledger.state, ledger.log, messages, now, HORIZON_DAYS);
const bytesOf = (messages: AppliedMessage[]): string => {
  const ledger = newLedger();
  for (const message of messages) apply(ledger, [message]);
  return encodeState(ledger.state);
};
const event = (id: string, minutesAgo: number, more: Partial<EnrichedEvent> = {}): EnrichedEvent => {
  const time = NOW - minutesAgo * 60_000;
  return {
    id,
    type: 'product_viewed',
    time,
    occurredAt: new Date(time).toISOString(),
    fingerprint: 7,
    properties: { product_id: `p-${id}` },
    ...more,
  };
};
const only = (outcomes: Outcome[][]): Outcome[] => outcomes.flat();

/** The events in another order, some of them twice or three times, cut into messages at random. */
const deliveries = eventSets.chain((events) =>
  fc
    .tuple(
      fc.shuffledSubarray([...events, ...events, ...events], {
        minLength: events.length,
        maxLength: events.length * 3,
      }),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
    )
    .map(([some, cuts]) => {
      const missing = events.filter((candidate) => !some.includes(candidate));
      const all = [...some, ...missing];
      const messages: AppliedMessage[] = [];
      for (let at = 0, cut = 0; at < all.length; cut += 1) {
        const size = cuts[cut % cuts.length] ?? 1;
        messages.push({ id: `m${cut}`, events: all.slice(at, at + size) });
        at += size;
      }
      return { events, messages };
    }),
);

describe('a profile', () => {
  it('has the same bytes after any permutation, duplication and split of the same events', () => {
    fc.assert(
      fc.property(deliveries, ({ events, messages }) => {
        expect(bytesOf(messages)).toBe(bytesOf([{ id: 'all', events }]));
      }),
      { numRuns: 300 },
    );
  });

  it('counts as many events as there are distinct ids', () => {
    fc.assert(
      fc.property(deliveries, ({ events, messages }) => {
        const ledger = newLedger();
        const counted = messages.flatMap((message) => {
          const before = ledger.log.size;
          apply(ledger, [message]);
          return ledger.log.size - before;
        });
        expect(counted.reduce((sum, n) => sum + n, 0)).toBe(events.length);
        const counts = viewProfile(ledger.state, NOW).counts;
        const agreed = events.filter((candidate) => allows(candidate, 'personalization'));
        expect(Object.values(counts).reduce((sum, n) => sum + n, 0)).toBe(agreed.length);
      }),
      { numRuns: 100 },
    );
  });

  it('is the same after it was written and read', () => {
    fc.assert(
      fc.property(eventSets, (events) => {
        const bytes = bytesOf([{ id: 'm', events }]);
        expect(encodeState(decodeState(bytes))).toBe(bytes);
      }),
      { numRuns: 100 },
    );
  });

  it('says "counted" again for the message that owns an event and "duplicate" for any other', ({ expect }) => {
    const ledger = newLedger();
    const message = { id: 'm1', events: [event('a', 5)] };
    expect(only(apply(ledger, [message]).outcomes)).toEqual(['counted']);
    expect(only(apply(ledger, [message]).outcomes)).toEqual(['counted']);
    expect(apply(ledger, [message]).changed).toBe(false);
    expect(only(apply(ledger, [{ ...message, id: 'm2' }]).outcomes)).toEqual(['duplicate']);
  });

  it('gives an id that stands twice in a message, or in a message that came twice at once, its effects once', ({
    expect,
  }) => {
    const twice = { id: 'm', events: [event('a', 5), event('a', 5)] };
    const ledger = newLedger();
    expect(apply(ledger, [twice, twice]).outcomes).toEqual([
      ['counted', 'duplicate'],
      ['duplicate', 'duplicate'],
    ]);
    expect(only(apply(ledger, [twice]).outcomes)).toEqual(['counted', 'duplicate']);
  });

  it('keeps the first of two events with one id and other content, and reports the second', ({ expect }) => {
    const ledger = newLedger();
    apply(ledger, [{ id: 'm1', events: [event('a', 5)] }]);
    const before = encodeState(ledger.state);
    const other = event('a', 5, { fingerprint: 8, properties: { product_id: 'other' } });
    expect(only(apply(ledger, [{ id: 'm1', events: [other] }]).outcomes)).toEqual(['conflict']);
    expect(encodeState(ledger.state)).toBe(before);
  });

  it('refuses what is older than any id that it remembers', ({ expect }) => {
    const ledger = newLedger();
    const minutes = ((HORIZON_DAYS + 14) * DAY_MS) / 60_000;
    expect(
      only(apply(ledger, [{ id: 'm', events: [event('old', minutes + 1), event('just', minutes)] }]).outcomes),
    ).toEqual(['late', 'counted']);
  });

  it('empties the cart with an order and keeps what was added after it, in any order of arrival', ({ expect }) => {
    const events = [
      event('add1', 30, { type: 'product_added', properties: { product_id: 'shirt', quantity: 2 } }),
      event('order', 20, {
        type: 'order_completed',
        properties: { order_id: 'o', products: [{ product_id: 'shirt' }] },
      }),
      event('add2', 10, { type: 'product_added', properties: { product_id: 'shoes' } }),
      event('add3', 9, { type: 'product_added', properties: { product_id: 'bag' } }),
      event('remove3', 8, { type: 'product_removed', properties: { product_id: 'bag' } }),
    ];
    for (const order of [events, events.toReversed()]) {
      const ledger = newLedger();
      apply(ledger, [{ id: 'm', events: order }]);
      expect(viewProfile(ledger.state, NOW).cart).toEqual([{ id: 'shoes', quantity: 1 }]);
    }
  });

  it('ends a session after a pause of 30 minutes and joins two when a late event bridges them', ({ expect }) => {
    const ledger = newLedger();
    apply(ledger, [{ id: 'm1', events: [event('a', 100), event('b', 45)] }]);
    expect(viewProfile(ledger.state, NOW).sessions).toBe(2);
    const bridged = apply(ledger, [{ id: 'm2', events: [event('c', 72)] }]);
    expect(viewProfile(ledger.state, NOW).sessions).toBe(1);
    expect(bridged.retired.map(({ start }) => start)).toEqual([NOW - 45 * 60_000]);
  });

  it('stays bounded, whatever comes', ({ expect }) => {
    const ledger = newLedger();
    for (let message = 0; message < 100; message += 1) {
      const events = Array.from({ length: 200 }, (_, n) =>
        event(`${message}-${n}`, (message * 200 + n) % 20_000, {
          properties: { product_id: `p${message}-${n}`, category: `c${n}-${message}`, brand: `b${n}-${message}` },
        }),
      );
      apply(ledger, [{ id: `m${message}`, events }]);
    }
    expect(encodeState(ledger.state).length).toBeLessThan(150_000);
    expect(viewProfile(ledger.state, NOW).counts).toEqual({ product_viewed: 20_000 });
  });
});
