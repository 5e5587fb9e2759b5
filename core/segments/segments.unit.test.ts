import fc from 'fast-check';
import { describe, it } from 'vitest';
import { compileAttribute } from '../attributes/compile-attribute.ts';
import type { AttributeDefinition } from '../attributes/definition.ts';
import { foldAttributes } from '../attributes/fold-attribute.ts';
import type { AttributeStates } from '../attributes/state.ts';
import type { EnrichedEvent } from '../events/message.ts';
import type { Followed } from './advance.ts';
import { applyEvents } from './apply-events.ts';
import { compileSegment } from './compile-segment.ts';
import { segmentSchema } from './definition.ts';
import { decodeStandings, encodeStandings } from './encode-standings.ts';
import type { Transition } from './transitions.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 4, 20);
const END_MINUTE = 240;

const attribute = (name: string, definition: AttributeDefinition) =>
  compileAttribute({ name, version: 1, since: 0, definition });
const ATTRIBUTES = [
  attribute('carts', { event: 'product_added', aggregate: 'count', window: '2h' }),
  attribute('orders', { event: 'order_completed', aggregate: 'count', window: '2h' }),
  attribute('views', { event: 'product_viewed', aggregate: 'count', window: '30m' }),
];
const CONDITIONS = {
  keen: 'attributes.views >= 3',
  abandoning: '"carts" in attributes && passed(lastAt.carts, duration("20m")) && !("orders" in attributes)',
  quiet: '!("views" in attributes)',
};
const SEGMENTS = Object.entries(CONDITIONS).map(([name, condition]) =>
  compileSegment({ name, version: 1, definition: segmentSchema.parse({ condition }) }),
);

/** At most one event a minute, in order. */
const histories: fc.Arbitrary<EnrichedEvent[]> = fc
  .array(
    fc.record({
      minute: fc.integer({ min: 0, max: 150 }),
      type: fc.constantFrom('product_viewed', 'product_viewed', 'product_viewed', 'product_added', 'order_completed'),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((drafts) =>
    [...new Map(drafts.map((draft) => [draft.minute, draft])).values()]
      .sort((a, b) => a.minute - b.minute)
      .map(({ minute, type }, index) => ({
        id: `e${index}`,
        type,
        time: START + minute * MINUTE,
        occurredAt: '',
        fingerprint: 0,
      })),
  );

/** The conditions said again in plain code: who is in what at a minute, given all events. */
function membersAt(events: readonly EnrichedEvent[], minute: number): Set<string> {
  const now = START + minute * MINUTE;
  const inWindow = (type: string, minutes: number) =>
    events.filter((event) => event.type === type && event.time <= now && event.time > now - minutes * MINUTE);
  const [views, carts, orders] = [
    inWindow('product_viewed', 30),
    inWindow('product_added', 120),
    inWindow('order_completed', 120),
  ];
  const lastCart = Math.max(0, ...carts.map(({ time }) => time));
  const members = new Set<string>();
  if (views.length >= 3) members.add('keen');
  if (carts.length > 0 && now - lastCart >= 20 * MINUTE && orders.length === 0) members.add('abandoning');
  if (views.length === 0) members.add('quiet');
  return members;
}

/** Looks at every minute. */
function oracle(events: readonly EnrichedEvent[]): string[] {
  const found: string[] = [];
  let before = new Set<string>();
  for (let minute = (events[0]?.time ?? START) / MINUTE - START / MINUTE; minute <= END_MINUTE; minute += 1) {
    const now = membersAt(events, minute);
    for (const { name } of SEGMENTS)
      if (now.has(name) !== before.has(name)) found.push(`${minute} ${now.has(name) ? 'enter' : 'leave'} ${name}`);
    before = now;
  }
  return found.sort();
}

const said = (transitions: readonly Transition[]) =>
  transitions.map(({ at, direction, segment }) => `${(at - START) / MINUTE} ${direction} ${segment}`).sort();

/** Follows a history in batches, and writes and reads what is kept between them, as an object that starts anew does. */
function follow(events: readonly EnrichedEvent[], cuts: readonly number[], delayMinutes: number) {
  const states: AttributeStates = new Map();
  const folding = {
    inputs: () => ({ attributes: ATTRIBUTES, states }),
    fold: (event: EnrichedEvent) => foldAttributes(states, ATTRIBUTES, event),
  };
  const made: Transition[] = [];
  let followed: Followed = { at: null, standings: new Map() };
  for (let from = 0, cut = 0; from < events.length; cut += 1) {
    const batch = events.slice(from, from + (cuts[cut % cuts.length] ?? 1));
    from += batch.length;
    const next = events[from]?.time ?? Number.POSITIVE_INFINITY;
    const now = Math.min((batch.at(-1)?.time ?? 0) + delayMinutes * MINUTE, next - 1);
    const { transitions, ...rest } = applyEvents(SEGMENTS, folding, followed, batch, now);
    made.push(...transitions);
    followed = decodeStandings(encodeStandings(rest));
  }
  const end = applyEvents(SEGMENTS, folding, followed, [], START + END_MINUTE * MINUTE);
  return [...made, ...end.transitions];
}

describe('segments', () => {
  it('are entered and left at the very minutes at which looking all the time would see it', ({ expect }) => {
    fc.assert(
      fc.property(
        histories,
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1 }),
        fc.nat(15),
        (events, cuts, delay) => {
          expect(said(follow(events, cuts, delay))).toEqual(oracle(events));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('number their transitions, so that one that is made again is known', ({ expect }) => {
    fc.assert(
      fc.property(histories, (events) => {
        const ids = follow(events, [3], 0).map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(follow(events, [3], 0).map(({ id }) => id)).toEqual(ids);
      }),
      { numRuns: 50 },
    );
  });

  it('are left when their definition goes, and start anew with another version', ({ expect }) => {
    const states: AttributeStates = new Map();
    const folding = { inputs: () => ({ attributes: ATTRIBUTES, states }), fold: () => false };
    const quiet = SEGMENTS.filter(({ name }) => name === 'quiet');
    const inside = applyEvents(quiet, folding, { at: null, standings: new Map() }, [], START);
    expect(said(inside.transitions)).toEqual(['0 enter quiet']);
    const gone = applyEvents([], folding, inside, [], START + MINUTE);
    expect(said(gone.transitions)).toEqual(['1 leave quiet']);
    expect(gone.standings.size).toBe(0);
  });
});
