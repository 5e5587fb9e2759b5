import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision } from '../decisions/decision.ts';
import type { EnrichedEvent } from '../events/message.ts';
import { DAY_MS } from '../time.ts';
import { ATTRIBUTION_MODELS, attributionOf, sharesOf } from './attribution.ts';
import { foldEvent } from './fold-event.ts';
import { standingsOf } from './standing.ts';
import { emptyState } from './state.ts';
import { firstVariant, MAX_REMEMBERED } from './trials.ts';

const NOW = Date.UTC(2026, 4, 20, 12);
let count = 0;
const event = (type: string, time: number, more: Partial<EnrichedEvent> = {}): EnrichedEvent => {
  count += 1;
  return { ...{ id: `e${count}`, type, time, occurredAt: new Date(time).toISOString(), fingerprint: count }, ...more };
};
const decision = (number: number, variant: number): Decision => ({
  ...{ id: 'AAAAAAAAAAAAAA', decidedAt: NOW, strategy: 'for_you', tier: 'live', model: 0 },
  trials: [{ number, variant, propensity: 0.5 }],
});
const shown = (time: number, variant: number, number = 1) =>
  event('recommendation_shown', time, { decision: decision(number, variant), properties: { slot: 'home' } });
const clicked = (time: number, item: string, variant = 0, slot = 'home') =>
  event('recommendation_clicked', time, { decision: decision(1, variant), properties: { slot, product_id: item } });
const ordered = (time: number, id: string, item: string, more: object = {}) =>
  event('order_completed', time, {
    properties: { order_id: id, total: 10, currency: 'EUR', products: [{ product_id: item }], ...more },
  });
const stateOf = (...events: EnrichedEvent[]) => {
  const state = emptyState();
  for (const one of events) foldEvent(state, one, 14);
  return state;
};
const MINUTE = 60_000;

describe('what a person was shown of an experiment', () => {
  it('is his by the first impression, in whatever order they come', () => {
    for (const events of [
      [shown(NOW, 1), shown(NOW + MINUTE, 0)],
      [shown(NOW + MINUTE, 0), shown(NOW, 1)],
    ]) {
      const { trials } = stateOf(...events);
      expect(firstVariant(trials.get(1) ?? new Map())).toBe(1);
      expect(standingsOf(stateOf(...events))[0]).toMatchObject({ variant: 1, mixed: true, shown: 1, firstAt: NOW });
    }
    // Who clicks has seen it, although the page was gone before it said so.
    expect(standingsOf(stateOf(clicked(NOW, 'a')))[0]).toMatchObject({ shown: 0, clicked: 1, firstAt: NOW });
  });

  it('is remembered of the newest experiments', () => {
    const numbers = Array.from({ length: MAX_REMEMBERED + 5 }, (_, at) => at + 1);
    const { trials } = stateOf(...numbers.map((number) => shown(NOW, 0, number)));
    expect([...trials.keys()].sort((a, b) => a - b)).toEqual(numbers.slice(5));
  });

  it('counts orders of the 30 days from then on, in one currency, and what he was like before', () => {
    const events = [
      event('product_viewed', NOW - 2 * DAY_MS, { properties: { product_id: 'a' } }),
      ordered(NOW - MINUTE, 'before', 'a'),
      shown(NOW, 0),
      ordered(NOW + MINUTE, 'one', 'a'),
      ordered(NOW + 2 * MINUTE, 'two', 'a', { total: 5.55, currency: 'USD' }),
    ];
    // The view of the day before yesterday, and nothing of the day itself.
    expect(standingsOf(stateOf(...events))[0]).toMatchObject({
      ...{ orders: 2, revenue: 1_000, currency: 'EUR', before: 1 },
    });
    const late = ordered(NOW + 31 * DAY_MS, 'late', 'a');
    expect(standingsOf(stateOf(...events, late))[0]).toMatchObject({ orders: 2, revenue: 1_000 });
  });
});

describe('an order', () => {
  const attributed = (...events: EnrichedEvent[]) => {
    const state = stateOf(...events);
    const [order] = state.orders;
    const found = order && attributionOf(state, order);
    return found && [found.touch.item, found.how];
  };

  it('is put down to the last click before it on what was bought, else to the last click', () => {
    const order = ordered(NOW, 'o', 'b');
    expect(attributed(clicked(NOW - 3 * MINUTE, 'b'), clicked(NOW - 2 * MINUTE, 'c'), order)).toEqual(['b', 'direct']);
    expect(attributed(clicked(NOW - 3 * MINUTE, 'c'), clicked(NOW - 2 * MINUTE, 'd'), order)).toEqual([
      'd',
      'assisted',
    ]);
    expect(attributed(clicked(NOW + MINUTE, 'b'), order)).toBeUndefined();
    expect(attributed(clicked(NOW - 8 * DAY_MS, 'b'), order)).toBeUndefined();
    expect(attributed(order)).toBeUndefined();
  });

  it('counts for the variant whose recommendation was clicked', () => {
    const of = (variant: number) =>
      standingsOf(stateOf(shown(NOW, 0), clicked(NOW + 1, 'a', variant), ordered(NOW + 2, 'o', 'a')))[0];
    expect(of(0)).toMatchObject({ orders: 1, attributed: 1, attributedRevenue: 1_000 });
    expect(of(1)).toMatchObject({ orders: 1, attributed: 0, attributedRevenue: 0 });
  });

  it('is shared by the clicks before it as each way says', () => {
    // Variant 1 was clicked first, a day before; variant 0, whose visitor he is, then twice, at once.
    const state = stateOf(
      shown(NOW - 2 * DAY_MS, 0),
      clicked(NOW - 9 * DAY_MS, 'z', 1),
      clicked(NOW - DAY_MS, 'a', 1),
      clicked(NOW, 'b', 0),
      clicked(NOW, 'c', 0),
      ordered(NOW, 'o', 'x'),
    );
    expect(standingsOf(state)[0]).toMatchObject({
      ...{ variant: 1, attributed: 0, attributedRevenue: 0 },
      attributedOtherwise: { firstTouch: 1_000, linear: 333, timeDecay: 200 },
    });
    // One click alone has it all, whichever way: nothing more needs to be said.
    expect(standingsOf(stateOf(clicked(NOW - 1, 'a'), ordered(NOW, 'o', 'x')))[0]).not.toHaveProperty(
      'attributedOtherwise',
    );
  });

  it('is shared out whole, among whatever clicks there were', () => {
    const clicks = fc.array(fc.tuple(fc.integer({ min: -10 * 24, max: 5 }), fc.constantFrom('a', 'b'), fc.nat(3)), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(clicks, (list) => {
        const state = stateOf(
          ...list.map(([hours, item, variant]) => clicked(NOW + hours * 60 * MINUTE, item, variant)),
          ordered(NOW, 'o', 'a'),
        );
        const [order] = state.orders;
        const shares = [0, 1, 2, 3].map((variant) =>
          order ? sharesOf(state, order, ({ trials }) => trials.some((trial) => trial.variant === variant)) : undefined,
        );
        const isDoing = list.some(([hours]) => hours <= 0 && hours >= -7 * 24);
        for (const model of ATTRIBUTION_MODELS) {
          const sum = shares.reduce((all, share) => all + (share?.[model] ?? 0), 0);
          expect([model, sum]).toEqual([model, expect.closeTo(isDoing ? 1 : 0, 9)]);
        }
      }),
    );
  });
});
