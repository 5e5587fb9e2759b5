import { DAY_MS } from '../time.ts';
import type { BoundedCounts } from './bottom-k.ts';
import { INTERACTION_KINDS } from './interactions.ts';
import type { DayCounts, ProfileState } from './state.ts';

/** A profile as people read it, all of it: names for places, dates for numbers. What is kept to count exactly, and is of nobody, is left out. */
export function readableState(state: ProfileState) {
  const { user, cartClearedAt } = state;
  return {
    firstSeenAt: dateOf(state.firstAt),
    lastSeenAt: dateOf(state.lastAt),
    user: user && { id: user.id, at: dateOf(user.time), vouched: user.vouched ?? false },
    events: countsOf(state.totals),
    days: Object.fromEntries([...state.days].map(([day, counts]) => [isoDay(day), readableDay(counts)])),
    interactions: state.interactions.map(({ time, key, kind, item, category }) => ({
      ...{ at: dateOf(time), kind, item, category: category ?? null, event: key },
    })),
    cart: state.cart.map(({ time, key, item, quantity }) => ({ at: dateOf(time), item, quantity, event: key })),
    cartClearedAt: dateOf(cartClearedAt),
    orders: state.orders.map(({ time, key, id, total, currency, items, vouched }) => ({
      ...{ id, at: dateOf(time), total: total ?? null, currency: currency ?? null, items, event: key },
      vouched: vouched ?? false,
    })),
    sessions: state.sessions.map(([from, to]) => ({ from: dateOf(from), to: dateOf(to) })),
    olderSessions: state.closedSessions,
    traits: Object.fromEntries(
      [...state.traits].map(([name, { value, time, source, purpose, vouched }]) => [
        name,
        { value, at: dateOf(time), source, purpose, vouched: vouched ?? false },
      ]),
    ),
    consent: Object.fromEntries(
      [...state.choices].map(([purpose, { granted, time }]) => [purpose, { granted, at: dateOf(time) }]),
    ),
    experiments: [...state.trials].map(([number, variants]) => ({
      number,
      variants: [...variants].map(([variant, { first, shown, clicked }]) => ({
        ...{ variant, firstAt: dateOf(first.time), shown, clicked },
      })),
    })),
    clicks: state.touches.map(({ time, slot, item, strategy, trials }) => ({
      ...{ at: dateOf(time), slot, item, strategy, trials },
    })),
  };
}

function readableDay({ type, category, brand, item }: DayCounts) {
  return {
    events: countsOf(type),
    categories: byKind(category),
    brands: byKind(brand),
    products: byKind(item),
  };
}

/** Counts of one column, with what has no name of its own as `other`. */
function countsOf({ counts, other }: BoundedCounts): Record<string, number> {
  const named = [...counts].map(([key, [count = 0]]) => [key, count] as const);
  return { ...Object.fromEntries(named), ...(other > 0 && { other }) };
}

function byKind({ counts, other }: BoundedCounts): Record<string, Record<string, number> | number> {
  const named = [...counts].map(
    ([key, row]) => [key, Object.fromEntries(INTERACTION_KINDS.map((kind, at) => [kind, row[at] ?? 0]))] as const,
  );
  return { ...Object.fromEntries(named), ...(other > 0 && { other }) };
}

function isoDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** A time in ms since 1970 as a date; null where it never was. */
function dateOf(time: number): string | null {
  return time > 0 ? new Date(time).toISOString() : null;
}
