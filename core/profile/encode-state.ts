import type { TraitValue } from '../events/imported-traits.ts';
import type { BoundedCounts } from './bottom-k.ts';
import type { InteractionKind } from './interactions.ts';
import type { DayCounts, ProfileState } from './state.ts';
import type { Touch } from './trials.ts';

/** The version of the stored form; a reader refuses what is newer than it knows. Version 1 had no traits and no choices, 2 no trials and no touches. */
const STATE_VERSION = 3;

/** Stands at the end of what the shop's server said. */
type Vouched = [1] | [];

type StoredCounts = [other: number, ...entries: [key: string, ...counts: number[]][]];

interface StoredState {
  v: number;
  at: [first: number, last: number];
  totals: StoredCounts;
  days: [day: number, type: StoredCounts, category: StoredCounts, brand: StoredCounts, item: StoredCounts][];
  interactions: [time: number, key: string, kind: InteractionKind, item: string, category: string | null][];
  cart: [time: number, key: string, item: string, quantity: number][];
  clearedAt: number;
  orders: [
    time: number,
    key: string,
    id: string,
    total: number | null,
    currency: string | null,
    items: readonly string[],
    ...vouched: Vouched,
  ][];
  sessions: ProfileState['sessions'];
  closed: number;
  user: [time: number, key: string, id: string, ...vouched: Vouched] | null;
  traits?: [
    name: string,
    value: TraitValue,
    time: number,
    key: string,
    source: string,
    purpose: string,
    ...vouched: Vouched,
  ][];
  choices?: [purpose: string, granted: 0 | 1, time: number, key: string][];
  trials?: [
    number: number,
    ...variants: [variant: number, time: number, key: string, shown: number, clicked: number][],
  ][];
  touches?: [
    time: number,
    key: string,
    slot: string,
    item: string,
    strategy: Touch['strategy'],
    ...trials: [number: number, variant: number][],
  ][];
}

/** The state as text: equal states give equal bytes, since everything that has no order of its own is sorted. */
export function encodeState(state: ProfileState): string {
  const stored: StoredState = {
    v: STATE_VERSION,
    at: [state.firstAt, state.lastAt],
    totals: storeCounts(state.totals),
    days: [...state.days]
      .sort(([a], [b]) => a - b)
      .map(([day, { type, category, brand, item }]) => [
        day,
        storeCounts(type),
        storeCounts(category),
        storeCounts(brand),
        storeCounts(item),
      ]),
    interactions: state.interactions.map(({ time, key, kind, item, category }) => [
      time,
      key,
      kind,
      item,
      category ?? null,
    ]),
    cart: state.cart.map(({ time, key, item, quantity }) => [time, key, item, quantity]),
    clearedAt: state.cartClearedAt,
    orders: state.orders.map(({ time, key, id, total, currency, items, vouched }) => [
      time,
      key,
      id,
      total ?? null,
      currency ?? null,
      items,
      ...wordOf(vouched),
    ]),
    sessions: state.sessions,
    closed: state.closedSessions,
    user: state.user && [state.user.time, state.user.key, state.user.id, ...wordOf(state.user.vouched)],
    ...(state.traits.size > 0 && {
      traits: byName(state.traits).map(([name, { value, time, key, source, purpose, vouched }]) => [
        name,
        value,
        time,
        key,
        source,
        purpose,
        ...wordOf(vouched),
      ]),
    }),
    ...(state.choices.size > 0 && {
      choices: byName(state.choices).map(([purpose, { granted, time, key }]) => [purpose, granted ? 1 : 0, time, key]),
    }),
    ...(state.trials.size > 0 && {
      trials: byNumber(state.trials).map(([number, variants]) => [
        number,
        ...byNumber(variants).map(([variant, { first, shown, clicked }]): [number, number, string, number, number] => [
          variant,
          first.time,
          first.key,
          shown,
          clicked,
        ]),
      ]),
    }),
    ...(state.touches.length > 0 && {
      touches: state.touches.map(({ time, key, slot, item, strategy, trials }) => [
        time,
        key,
        slot,
        item,
        strategy,
        ...trials.map(({ number, variant }): [number, number] => [number, variant]),
      ]),
    }),
  };
  return JSON.stringify(stored);
}

/** Reads what `encodeState` wrote. Throws when it was written by a newer version. */
export function decodeState(text: string): ProfileState {
  const stored: StoredState = JSON.parse(text);
  if (stored.v > STATE_VERSION)
    throw new Error(`profile state has version ${stored.v}, this code reads up to ${STATE_VERSION}`);
  return {
    firstAt: stored.at[0],
    lastAt: stored.at[1],
    totals: loadCounts(stored.totals),
    days: new Map(stored.days.map(([day, ...dimensions]) => [day, loadDay(dimensions)])),
    interactions: stored.interactions.map(([time, key, kind, item, category]) => ({
      time,
      key,
      kind,
      item,
      category: category ?? undefined,
    })),
    cart: stored.cart.map(([time, key, item, quantity]) => ({ time, key, item, quantity })),
    cartClearedAt: stored.clearedAt,
    orders: stored.orders.map(([time, key, id, total, currency, items, vouched]) => ({
      time,
      key,
      id,
      total: total ?? undefined,
      currency: currency ?? undefined,
      items,
      ...(vouched && { vouched: true as const }),
    })),
    sessions: stored.sessions,
    closedSessions: stored.closed,
    user: stored.user && {
      time: stored.user[0],
      key: stored.user[1],
      id: stored.user[2],
      ...(stored.user[3] && { vouched: true as const }),
    },
    traits: new Map(
      (stored.traits ?? []).map(([name, value, time, key, source, purpose, vouched]) => [
        name,
        { value, time, key, source, purpose, ...(vouched && { vouched: true as const }) },
      ]),
    ),
    choices: new Map(
      (stored.choices ?? []).map(([purpose, granted, time, key]) => [purpose, { granted: granted === 1, time, key }]),
    ),
    trials: new Map(
      (stored.trials ?? []).map(([number, ...variants]) => [
        number,
        new Map(
          variants.map(([variant, time, key, shown, clicked]) => [variant, { first: { time, key }, shown, clicked }]),
        ),
      ]),
    ),
    touches: (stored.touches ?? []).map(([time, key, slot, item, strategy, ...trials]) => ({
      time,
      key,
      slot,
      item,
      strategy,
      trials: trials.map(([number, variant]) => ({ number, variant })),
    })),
  };
}

function wordOf(vouched: true | undefined): Vouched {
  return vouched ? [1] : [];
}

function byName<T>(registers: ReadonlyMap<string, T>): [string, T][] {
  return [...registers].sort(([a], [b]) => (a < b ? -1 : 1));
}

function loadDay([type, category, brand, item]: [StoredCounts, StoredCounts, StoredCounts, StoredCounts]): DayCounts {
  return { type: loadCounts(type), category: loadCounts(category), brand: loadCounts(brand), item: loadCounts(item) };
}

function byNumber<T>(entries: ReadonlyMap<number, T>): [number, T][] {
  return [...entries].sort(([a], [b]) => a - b);
}

function storeCounts(bounded: BoundedCounts): StoredCounts {
  const entries = [...bounded.counts].sort(([a], [b]) => (a < b ? -1 : 1));
  return [bounded.other, ...entries.map(([key, counts]): [string, ...number[]] => [key, ...counts])];
}

function loadCounts([other, ...entries]: StoredCounts): BoundedCounts {
  return { other, counts: new Map(entries.map(([key, ...counts]) => [key, counts])) };
}
