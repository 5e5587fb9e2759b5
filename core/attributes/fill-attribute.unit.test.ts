import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EnrichedEvent } from '../events/message.ts';
import { MINUTE_MS } from '../time.ts';
import { compileAttribute } from './compile-attribute.ts';
import type { AttributeDefinition } from './definition.ts';
import { decodeAttributes, encodeAttributes } from './encode-attributes.ts';
import { fillAttribute, hasHistory, overHistory } from './fill-attribute.ts';
import { foldAttributes, foldHeld, holdsFilled } from './fold-attribute.ts';
import type { AttributeStates } from './state.ts';

const NOW = Date.UTC(2026, 4, 20, 12);
const SINCE = NOW - 100 * MINUTE_MS;
const DEFINITIONS: Record<string, AttributeDefinition> = {
  touched: { event: ['product_viewed', 'product_added'], aggregate: 'count', window: '90d' },
  dear: { event: 'product_viewed', where: 'properties.price > 20', aggregate: 'count', window: '2h' },
  products: { event: 'product_viewed', aggregate: 'distinct', property: 'properties.product_id', window: '3h' },
  spent: { event: 'product_added', aggregate: 'sum', property: 'properties.price', window: '1d' },
  last: { event: 'product_added', aggregate: 'last', property: 'properties.product_id', window: '90m' },
};
const compiled = (since: number, filled: boolean) =>
  Object.entries(DEFINITIONS).map(([name, definition]) =>
    compileAttribute({ name, version: 1, since, filled, definition }),
  );
const LATER = compiled(SINCE, false);
const FILLED = compiled(SINCE, true);

const events = fc
  .array(
    fc.record({
      type: fc.constantFrom('product_viewed', 'product_added', 'page_viewed'),
      minutesAgo: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(100, 99, 101)),
      product: fc.constantFrom('a', 'b', 'c', 'd'),
      price: fc.integer({ min: 1, max: 60 }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((drafts) =>
    drafts.map(({ type, minutesAgo, product, price }, index): EnrichedEvent => {
      const time = NOW - minutesAgo * MINUTE_MS;
      const properties = { product_id: product, price };
      return { id: `e${index}`, type, time, occurredAt: new Date(time).toISOString(), fingerprint: 1, properties };
    }),
  );
/** In the order of their arrival, cut in two by when history is filled in. */
const arrivals = events.chain((all) =>
  fc.tuple(
    fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
    fc.integer({ min: 0, max: all.length }),
  ),
);

function fold(attributes: typeof LATER, some: readonly EnrichedEvent[], states: AttributeStates = new Map()) {
  for (const event of some) foldAttributes(states, attributes, event);
  return states;
}

/** The states without what is only kept while history is filled in, which no reader sees. */
const bytes = (states: AttributeStates) =>
  encodeAttributes(new Map([...states].map(([name, { version, state }]) => [name, { version, state }])));

describe('an attribute that is given its history', () => {
  it('is what it would be if it had been there from the beginning, whenever which event came', () => {
    fc.assert(
      fc.property(arrivals, ([all, cut]) => {
        const before = all.slice(0, cut);
        // Stored and read between.
        const states = decodeAttributes(encodeAttributes(fold(LATER, before)));
        const history = fold(LATER.map(overHistory), before);
        for (const attribute of LATER) {
          expect(hasHistory(states, attribute)).toBe(false);
          fillAttribute(states, attribute, decodeAttributes(encodeAttributes(history)));
          expect(hasHistory(states, attribute)).toBe(true);
        }
        fold(LATER, all.slice(cut), states);
        for (const name of [...states.keys()]) if (!fold(FILLED, all).has(name)) states.delete(name);
        expect(bytes(states)).toBe(bytes(fold(FILLED, all)));
      }),
      { numRuns: 300 },
    );
  });

  it('takes what it held once nothing more is filled in, where the lake had nothing of it', () => {
    fc.assert(
      fc.property(arrivals, ([all, cut]) => {
        const states = decodeAttributes(encodeAttributes(fold(LATER, all.slice(0, cut))));
        expect(holdsFilled(states, LATER)).toBe(false);
        foldHeld(states, FILLED);
        fold(FILLED, all.slice(cut), states);
        expect(holdsFilled(states, FILLED)).toBe(false);
        expect(encodeAttributes(states)).toBe(encodeAttributes(fold(FILLED, all)));
      }),
      { numRuns: 300 },
    );
  });
});
