import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EnrichedEvent } from '../events/message.ts';
import { MINUTE_MS } from '../time.ts';
import { compileAttribute } from './compile-attribute.ts';
import { type AttributeDefinition, attributeSchema, windowMinutesOf } from './definition.ts';
import { decodeAttributes, encodeAttributes } from './encode-attributes.ts';
import { foldAttributes, forgetUndefined } from './fold-attribute.ts';
import { ATTRIBUTE_CAPS, minuteOf } from './limits.ts';
import { mergeAttributes } from './merge-attributes.ts';
import { readAttribute } from './read-attribute.ts';
import type { AttributeStates } from './state.ts';

const NOW = Date.UTC(2026, 4, 20, 12);
const DEFINITIONS: Record<string, AttributeDefinition> = {
  views_1m: { event: 'product_viewed', aggregate: 'count', window: '1m' },
  dear_views_2h: { event: 'product_viewed', where: 'properties.price > 20', aggregate: 'count', window: '2h' },
  touched_90d: { event: ['product_viewed', 'product_added'], aggregate: 'count', window: '90d' },
  products_3h: { event: 'product_viewed', aggregate: 'distinct', property: 'properties.product_id', window: '3h' },
  spent_1d: { event: 'product_added', aggregate: 'sum', property: 'properties.price', window: '1d' },
  colour_90m: { event: 'product_added', aggregate: 'last', property: 'properties.colour', window: '90m' },
};
const ATTRIBUTES = Object.entries(DEFINITIONS).map(([name, definition]) =>
  compileAttribute({ name, version: 1, since: 0, definition }),
);

function event(id: string, type: string, time: number, properties: Record<string, unknown> = {}): EnrichedEvent {
  return { id, type, time, occurredAt: new Date(time).toISOString(), fingerprint: 1, properties };
}

const eventSets = fc
  .array(
    fc.record({
      type: fc.constantFrom('product_viewed', 'product_added', 'page_viewed'),
      secondsAgo: fc.oneof(
        fc.integer({ min: 0, max: 4 * 3600 }),
        fc.integer({ min: 0, max: 100 * 86_400 }),
        fc.constantFrom(0, 60, 59, 7_200, 86_400),
      ),
      properties: fc.record(
        {
          product_id: fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 3 })),
          price: fc.oneof(
            fc.integer({ min: -3_000, max: 9_000 }).map((n) => n / 100),
            fc.constant('free'),
          ),
          colour: fc.constantFrom('red', 'blue', true, 7),
        },
        { requiredKeys: [] },
      ),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((drafts) =>
    drafts.map(({ type, secondsAgo, properties }, index) =>
      event(`e${index}`, type, NOW - secondsAgo * 1_000, properties),
    ),
  );

/** A set of events, shuffled and cut into ledgers. */
const partitions = eventSets.chain((events) =>
  fc
    .tuple(
      fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }),
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: events.length, maxLength: events.length }),
    )
    .map(([shuffled, ledgers]) => ({
      events,
      ledgers: [3, 1, 0, 2].map((ledger) => shuffled.filter((_, index) => ledgers[index] === ledger)),
    })),
);

function fold(events: readonly EnrichedEvent[]): AttributeStates {
  const states: AttributeStates = new Map();
  for (const one of events) foldAttributes(states, ATTRIBUTES, one);
  return states;
}

/** What an attribute must say, from all events, by the words of its definition. */
function oracle(name: string, events: readonly EnrichedEvent[], now: number): unknown {
  const { event: types, where, aggregate, window } = DEFINITIONS[name] as AttributeDefinition;
  const inside = events.filter(
    ({ type, time, properties }) =>
      [types].flat().includes(type) &&
      minuteOf(now) - minuteOf(time) < windowMinutesOf(window) &&
      (where === undefined || Number(properties?.price) > 20),
  );
  if (aggregate === 'count') return inside.length === 0 ? undefined : BigInt(inside.length);
  if (aggregate === 'distinct') {
    const values = inside.flatMap(({ properties }) => properties?.product_id ?? []).map(String);
    return values.length === 0 ? undefined : BigInt(new Set(values).size);
  }
  if (aggregate === 'sum') {
    const prices = inside.map(({ properties }) => properties?.price).filter((price) => typeof price === 'number');
    return prices.length === 0 ? undefined : prices.reduce((sum, price) => sum + Math.round(price * 100), 0) / 100;
  }
  const newest = inside
    .filter(({ properties }) => properties?.colour !== undefined)
    .sort((a, b) => b.time - a.time || (a.id < b.id ? 1 : -1));
  return newest[0]?.properties?.colour;
}

function read(states: AttributeStates, name: string, now: number) {
  const attribute = ATTRIBUTES.find((one) => one.name === name);
  const entry = states.get(name);
  return entry && attribute ? readAttribute(entry.state, attribute, now) : undefined;
}

describe('attributes', () => {
  it('have the same bytes for any order of the same events, and for any cut into ledgers that are merged', () => {
    fc.assert(
      fc.property(partitions, ({ events, ledgers }) => {
        const bytes = encodeAttributes(fold(events));
        expect(encodeAttributes(fold(ledgers.flat()))).toBe(bytes);
        expect(encodeAttributes(mergeAttributes(ledgers.map(fold), ATTRIBUTES))).toBe(bytes);
      }),
      { numRuns: 300 },
    );
  });

  it('are without a ledger what they were before it was linked, since the rest is merged again', () => {
    fc.assert(
      fc.property(partitions, ({ ledgers }) => {
        const states = ledgers.map(fold);
        const before = states.map(encodeAttributes);
        mergeAttributes(states, ATTRIBUTES);
        expect(states.map(encodeAttributes)).toEqual(before);
        const rest = ledgers.slice(1);
        expect(encodeAttributes(mergeAttributes(states.slice(1), ATTRIBUTES))).toBe(
          encodeAttributes(fold(rest.flat())),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('say what a count over all events says, at any minute from the newest event on', () => {
    fc.assert(
      fc.property(eventSets, fc.integer({ min: 0, max: 5_000 }), (events, minutesLater) => {
        const states = fold(events);
        for (const name of Object.keys(DEFINITIONS)) {
          for (const minutes of [0, 1, minutesLater, windowMinutesOf('90m'), windowMinutesOf('1d')]) {
            const now = NOW + minutes * MINUTE_MS;
            const reading = read(states, name, now);
            expect([name, reading?.value]).toEqual([name, oracle(name, events, now)]);
            expect(reading?.exact ?? true).toBe(true);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('do not change before the minute that they say they may change at', () => {
    fc.assert(
      fc.property(eventSets, (events) => {
        const states = fold(events);
        for (const name of Object.keys(DEFINITIONS)) {
          const reading = read(states, name, NOW);
          if (reading?.changesAtMinute == null) continue;
          expect(reading.changesAtMinute).toBeGreaterThan(minuteOf(NOW));
          expect(read(states, name, reading.changesAtMinute * MINUTE_MS - 1)?.value).toEqual(reading.value);
          if (DEFINITIONS[name]?.aggregate === 'count') {
            expect(read(states, name, reading.changesAtMinute * MINUTE_MS)?.value).not.toEqual(reading.value);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('are the same after they were written and read', () => {
    fc.assert(
      fc.property(eventSets, (events) => {
        const bytes = encodeAttributes(fold(events));
        expect(encodeAttributes(decodeAttributes(bytes))).toBe(bytes);
      }),
      { numRuns: 100 },
    );
  });

  it('put a late event into its own minute', ({ expect }) => {
    const states = fold([
      event('now', 'product_viewed', NOW, { price: 30 }),
      event('late', 'product_viewed', NOW - 119 * MINUTE_MS, { price: 30 }),
      event('too late', 'product_viewed', NOW - 120 * MINUTE_MS, { price: 30 }),
    ]);
    expect(read(states, 'dear_views_2h', NOW)).toMatchObject({ value: 2n, changesAtMinute: minuteOf(NOW) + 1 });
    expect(read(states, 'dear_views_2h', NOW + MINUTE_MS)).toMatchObject({ value: 1n });
  });

  it('sum decimals exactly, and leave out what is no amount', ({ expect }) => {
    const prices = [0.1, 0.2, 19.99, -0.01, 1e11, -1e11, 1e12, Number.NaN, '5', null];
    const states = fold(prices.map((price, n) => event(`e${n}`, 'product_added', NOW, { price })));
    expect(read(states, 'spent_1d', NOW)?.value).toBe(20.28);
  });

  it('count no event before their definition began, and begin anew with a new version', ({ expect }) => {
    const definition = DEFINITIONS.touched_90d as AttributeDefinition;
    const first = compileAttribute({ name: 'touched', version: 1, since: NOW, definition });
    const second = compileAttribute({ name: 'touched', version: 2, since: NOW, definition });
    const states: AttributeStates = new Map();
    expect(foldAttributes(states, [first], event('before', 'product_viewed', NOW - 1))).toBe(false);
    foldAttributes(states, [first], event('a', 'product_viewed', NOW));
    foldAttributes(states, [first], event('b', 'product_viewed', NOW));
    foldAttributes(states, [second], event('c', 'product_viewed', NOW));
    expect([...states].map(([name, { version }]) => [name, version])).toEqual([['touched', 2]]);
    expect(readAttribute(states.get('touched')?.state ?? expect.fail(), second, NOW).value).toBe(1n);
    forgetUndefined(states, [first]);
    expect(states.size).toBe(0);
  });

  it('stay bounded, whatever comes', ({ expect }) => {
    const states: AttributeStates = new Map();
    for (let n = 0; n < 12_000; n += 1) {
      const minutesAgo = (n * 7_919) % ATTRIBUTE_CAPS.windowMinutes;
      foldAttributes(
        states,
        ATTRIBUTES,
        event(`e${n}`, 'product_viewed', NOW - minutesAgo * MINUTE_MS, { product_id: n, price: 30 }),
      );
    }
    for (let n = 0; n < 3_000; n += 1) {
      foldAttributes(
        states,
        ATTRIBUTES,
        event(`f${n}`, 'product_viewed', NOW - (n % 180) * MINUTE_MS, { product_id: `f${n}` }),
      );
    }
    expect(encodeAttributes(states).length).toBeLessThan(60_000);
    expect(read(states, 'touched_90d', NOW)).toMatchObject({ value: 15_000n });
  });
});

describe('a definition', () => {
  const refusals = (definition: unknown) =>
    attributeSchema.safeParse(definition).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

  it('is refused with the place and what would be right', ({ expect }) => {
    const good = { event: 'product_viewed', aggregate: 'count', window: '24h' };
    expect(refusals(good)).toBeUndefined();
    expect(refusals({ ...good, window: '91d' })).toEqual(['window: must be at most "90d"']);
    expect(refusals({ ...good, window: '1.5h' })).toEqual([
      'window: must be whole minutes, hours or days, e.g. "90m", "24h" or "30d"',
    ]);
    expect(refusals({ ...good, aggregate: 'sum' })).toEqual(['property: "sum" needs one, e.g. "properties.price"']);
    expect(refusals({ ...good, where: 'properties.price >' })).toEqual([
      'where: Unexpected token: EOF (line 1, column 19)',
    ]);
    expect(refusals({ ...good, where: 'now > 1' })).toEqual(['where: Unknown variable: now (line 1, column 1)']);
  });
});
