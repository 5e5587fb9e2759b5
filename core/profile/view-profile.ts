import type { AttributeView, SegmentView } from '../attributes/views.ts';
import type { Choices } from '../consent/purposes.ts';
import type { Strategy } from '../decisions/strategy.ts';
import type { TraitValue } from '../events/imported-traits.ts';
import { DAY_MS } from '../time.ts';
import { type Attribution, attributionOf } from './attribution.ts';
import { choicesOf } from './choices.ts';
import { INTERACTION_KINDS, type InteractionKind } from './interactions.ts';
import type { DayCounts, Order, ProfileState } from './state.ts';

/** What a kind of interaction weighs in an affinity. */
const KIND_WEIGHTS: Record<InteractionKind, number> = { view: 1, cart: 3, order: 5 };
/** Interest halves in this time. */
const AFFINITY_HALF_LIFE_DAYS = 7;

export interface Affinity {
  readonly key: string;
  /** Weighted, decayed count; comparable inside one profile. */
  readonly score: number;
}

/** A profile as readers see it; times are ms since 1970. */
export interface ProfileView extends StateView {
  /** What the site computes, by name. */
  readonly attributes: Readonly<Record<string, AttributeView>>;
  /** The segments that the person is in, by name, with the reason. */
  readonly segments: Readonly<Record<string, SegmentView>>;
}

/** The part of a view that the state alone tells. */
export interface StateView {
  readonly firstSeenAt: number | null;
  readonly lastSeenAt: number | null;
  readonly userId: string | null;
  readonly sessions: number;
  readonly counts: Record<string, number>;
  readonly recentItems: { readonly id: string; readonly at: number; readonly type: InteractionKind }[];
  readonly affinities: { readonly category: Affinity[]; readonly brand: Affinity[] };
  readonly cart: { readonly id: string; readonly quantity: number }[];
  readonly orders: {
    readonly id: string;
    readonly at: number;
    readonly total: number | null;
    readonly currency: string | null;
    readonly items: readonly string[];
    /** The click on a recommendation that it is put down to, if there was one in the days before. */
    readonly attributed: {
      readonly slot: string;
      readonly item: string;
      readonly strategy: Strategy;
      readonly at: number;
      readonly how: Attribution['how'];
    } | null;
  }[];
  /** What is known of the person himself, with where it came from and what it may be used for. */
  readonly traits: Record<
    string,
    {
      readonly value: Exclude<TraitValue, null>;
      readonly at: number;
      readonly source: string;
      readonly purpose: string;
    }
  >;
  /** The person's own decisions, by purpose. */
  readonly consent: Choices;
}

/** Derives what readers need from the stored state: decay, the cart's content, distinct recent items. `now` in ms since 1970. */
export function viewProfile(state: ProfileState, now: number): StateView {
  return {
    firstSeenAt: state.firstAt || null,
    lastSeenAt: state.lastAt || null,
    userId: state.user?.id ?? null,
    sessions: state.closedSessions + state.sessions.length,
    counts: typeCounts(state),
    recentItems: distinctItems(state),
    affinities: { category: affinities(state, 'category', now), brand: affinities(state, 'brand', now) },
    cart: cartLines(state),
    orders: state.orders.map((order) => ({
      id: order.id,
      at: order.time,
      total: order.total ?? null,
      currency: order.currency ?? null,
      items: order.items,
      attributed: attributedTo(state, order),
    })),
    traits: Object.fromEntries(
      [...state.traits].flatMap(([name, { value, time, source, purpose }]) =>
        value === null ? [] : [[name, { value, at: time, source, purpose }]],
      ),
    ),
    consent: choicesOf(state.choices) ?? {},
  };
}

function attributedTo(state: ProfileState, order: Order): StateView['orders'][number]['attributed'] {
  const found = attributionOf(state, order);
  if (!found) return null;
  const { slot, item, strategy, time } = found.touch;
  return { slot, item, strategy, at: time, how: found.how };
}

/** The ids of what is in the cart, the newest first. */
export function cartIds(state: ProfileState): string[] {
  return cartLines(state)
    .map(({ id }) => id)
    .reverse();
}

function typeCounts(state: ProfileState): Record<string, number> {
  const counts = Object.fromEntries([...state.totals.counts].map(([type, [n]]) => [type, n ?? 0]));
  return state.totals.other > 0 ? { ...counts, '(other)': state.totals.other } : counts;
}

/** Distinct items, newest first, with the time and kind of the newest interaction. */
function distinctItems(state: ProfileState): ProfileView['recentItems'] {
  const newest = new Map<string, ProfileView['recentItems'][number]>();
  for (const { item, time, kind } of state.interactions) {
    if (!newest.has(item)) newest.set(item, { id: item, at: time, type: kind });
  }
  return [...newest.values()];
}

function affinities(state: ProfileState, dimension: 'category' | 'brand', now: number): Affinity[] {
  const scores = new Map<string, number>();
  for (const [day, counts] of state.days) addDay(scores, counts, dimension, now / DAY_MS - day);
  return [...scores]
    .map(([key, score]) => ({ key, score: Math.round(score * 1000) / 1000 }))
    .sort((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1))
    .slice(0, 10);
}

/** What a person is drawn to most, best first: which is before which does not change as time goes by, for all of it fades alike. */
export function strongestAffinities(state: ProfileState, dimension: 'category' | 'brand', limit: number): string[] {
  const newestDay = Math.max(...[...state.days].map(([day]) => day), 0);
  return affinities(state, dimension, newestDay * DAY_MS)
    .slice(0, limit)
    .map(({ key }) => key);
}

function addDay(
  scores: Map<string, number>,
  counts: DayCounts,
  dimension: 'category' | 'brand',
  ageDays: number,
): void {
  const decay = 2 ** (-Math.max(0, ageDays) / AFFINITY_HALF_LIFE_DAYS);
  for (const [key, row] of counts[dimension].counts) {
    const weight = INTERACTION_KINDS.reduce((sum, kind, column) => sum + KIND_WEIGHTS[kind] * (row[column] ?? 0), 0);
    scores.set(key, (scores.get(key) ?? 0) + weight * decay);
  }
}

/** Plays the changes in event-time order; a removal never goes below nothing. */
function cartLines(state: ProfileState): ProfileView['cart'] {
  const lines = new Map<string, number>();
  for (const { item, quantity } of state.cart.toReversed()) {
    const left = Math.max(0, (lines.get(item) ?? 0) + quantity);
    lines.delete(item);
    if (left > 0) lines.set(item, left);
  }
  return [...lines].map(([id, quantity]) => ({ id, quantity }));
}
