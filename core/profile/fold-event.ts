import { allows } from '../consent/allows.ts';
import type { EnrichedEvent } from '../events/message.ts';
import { DAY_MS } from '../time.ts';
import { addBounded } from './bottom-k.ts';
import { foldChoices } from './choices.ts';
import { INTERACTION_KINDS, interactionsOf, productFrom, productsOf, timedInteractions } from './interactions.ts';
import { PROFILE_CAPS, QUEUE_RETENTION_DAYS, SESSION_GAP_MS } from './limits.ts';
import { byWord, insertNewest } from './newest.ts';
import { insertIntoSessions, type SessionChange } from './session-intervals.ts';
import { emptyDay, type Order, type ProfileState } from './state.ts';
import { foldTraits } from './traits.ts';
import { foldTrials, touchOf } from './trials.ts';

/**
 * Folds one event into the profile, in place. The caller has made sure that the event was not folded before. Any order of the
 * same set of events gives the same state. An event whose visitor did not agree to personalization leaves no trace here. Returns what
 * happened to the visitor's sessions.
 *
 * @param horizonDays oldest age that ingest accepts; with the queue's retention it tells when a session can no longer change.
 */
export function foldEvent(
  state: ProfileState,
  event: EnrichedEvent,
  horizonDays: number,
): Pick<SessionChange, 'retired'> {
  if (!allows(event, 'personalization')) return { retired: [] };
  state.firstAt = state.firstAt === 0 ? event.time : Math.min(state.firstAt, event.time);
  state.lastAt = Math.max(state.lastAt, event.time);
  addBounded(state.totals, event.type, 0, 1, PROFILE_CAPS.types);
  foldDay(state, event);
  foldInteractions(state, event);
  foldCart(state, event);
  foldUser(state, event);
  foldTraits(state.traits, event);
  foldChoices(state.choices, event);
  foldTrials(state.trials, event);
  const touch = touchOf(event);
  if (touch) insertNewest(state.touches, touch, PROFILE_CAPS.touches);
  const change = insertIntoSessions(state.sessions, event.time);
  closeSessions(state, horizonDays);
  return change;
}

function foldDay(state: ProfileState, event: EnrichedEvent): void {
  const oldest = Math.floor(state.lastAt / DAY_MS) - PROFILE_CAPS.days + 1;
  for (const day of state.days.keys()) if (day < oldest) state.days.delete(day);
  const day = Math.floor(event.time / DAY_MS);
  if (day < oldest) return;
  const counts = state.days.get(day) ?? emptyDay();
  state.days.set(day, counts);
  const caps = PROFILE_CAPS.keysPerDay;
  addBounded(counts.type, event.type, 0, 1, caps.type);
  for (const { kind, item, category, brand } of interactionsOf(event)) {
    const column = INTERACTION_KINDS.indexOf(kind);
    addBounded(counts.item, item, column, INTERACTION_KINDS.length, caps.item);
    if (category !== undefined) addBounded(counts.category, category, column, INTERACTION_KINDS.length, caps.category);
    if (brand !== undefined) addBounded(counts.brand, brand, column, INTERACTION_KINDS.length, caps.brand);
  }
}

function foldInteractions(state: ProfileState, event: EnrichedEvent): void {
  for (const { time, key, kind, item, category } of timedInteractions(event))
    insertNewest(state.interactions, { time, key, kind, item, category }, PROFILE_CAPS.interactions);
}

function foldCart(state: ProfileState, event: EnrichedEvent): void {
  if (event.type === 'order_completed') {
    state.cartClearedAt = Math.max(state.cartClearedAt, event.time);
    foldOrder(state, event);
    const kept = state.cart.filter((change) => change.time > state.cartClearedAt);
    state.cart.splice(0, state.cart.length, ...kept);
    return;
  }
  const sign = event.type === 'product_added' ? 1 : event.type === 'product_removed' ? -1 : 0;
  const product = sign === 0 ? undefined : productFrom(event.properties);
  if (!product || event.time <= state.cartClearedAt) return;
  const given = event.properties?.quantity;
  const quantity = sign * (typeof given === 'number' && Number.isInteger(given) && given > 0 ? given : 1);
  insertNewest(state.cart, { time: event.time, key: event.id, item: product.item, quantity }, PROFILE_CAPS.cartChanges);
}

/** Two events with one order id are one order: the figures of the shop's server stand, then the later ones. */
function foldOrder(state: ProfileState, event: EnrichedEvent): void {
  const { order_id: id, total, currency } = event.properties ?? {};
  const order: Order = {
    time: event.time,
    key: event.id,
    ...(event.vouched && { vouched: event.vouched }),
    id: String(id),
    total: typeof total === 'number' ? total : undefined,
    currency: typeof currency === 'string' ? currency : undefined,
    items: productsOf(event)
      .slice(0, 20)
      .map((product) => product.item),
  };
  const known = state.orders.findIndex((other) => other.id === order.id);
  const other = state.orders[known];
  if (other && byWord(other, order) < 0) return;
  if (other) state.orders.splice(known, 1);
  insertNewest(state.orders, order, PROFILE_CAPS.orders);
}

function foldUser(state: ProfileState, event: EnrichedEvent): void {
  if (event.userId === undefined) return;
  const { vouched } = event;
  const candidate = { time: event.time, key: event.id, id: event.userId, ...(vouched && { vouched }) };
  if (!state.user || byWord(candidate, state.user) < 0) state.user = candidate;
}

/** No accepted event is older than horizon and retention, so a session that ended before can be counted and forgotten. */
function closeSessions(state: ProfileState, horizonDays: number): void {
  const closedBefore = state.lastAt - (horizonDays + QUEUE_RETENTION_DAYS) * DAY_MS - SESSION_GAP_MS;
  while (state.sessions[0] && state.sessions[0][1] < closedBefore) {
    state.sessions.shift();
    state.closedSessions += 1;
  }
}
