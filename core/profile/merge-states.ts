import { MAX_PURPOSES } from '../consent/purposes.ts';
import { DAY_MS } from '../time.ts';
import { mergeBounded } from './bottom-k.ts';
import { PROFILE_CAPS } from './limits.ts';
import { byWord, insertNewest } from './newest.ts';
import { setRegister } from './registers.ts';
import { type DayCounts, emptyDay, emptyState, type ProfileState } from './state.ts';
import { mergeTrials } from './trials.ts';

/**
 * The profile of a person: the states of his ledgers as one, as if one ledger had counted all their events, but for sessions, which
 * stay those of each ledger. Taking a ledger out and merging the others again gives the very bytes it would have been without it.
 * The inputs are not changed.
 *
 * @param states in the order of the ledgers' names: it decides where two ledgers hold one event id with other content.
 */
export function mergeStates(states: readonly ProfileState[]): ProfileState {
  const merged = emptyState();
  for (const state of states) mergeInto(merged, state);
  const oldest = Math.floor(merged.lastAt / DAY_MS) - PROFILE_CAPS.days + 1;
  for (const day of merged.days.keys()) if (day < oldest) merged.days.delete(day);
  const cart = merged.cart.filter(({ time }) => time > merged.cartClearedAt);
  merged.cart.splice(0, merged.cart.length, ...cart);
  merged.sessions.sort(([aStart, aEnd], [bStart, bEnd]) => aStart - bStart || aEnd - bEnd);
  return merged;
}

function mergeInto(merged: ProfileState, state: ProfileState): void {
  if (state.firstAt > 0)
    merged.firstAt = merged.firstAt === 0 ? state.firstAt : Math.min(merged.firstAt, state.firstAt);
  merged.lastAt = Math.max(merged.lastAt, state.lastAt);
  mergeBounded(merged.totals, state.totals, PROFILE_CAPS.types);
  for (const [day, counts] of state.days) {
    const there = merged.days.get(day) ?? emptyDay();
    merged.days.set(day, there);
    mergeDay(there, counts);
  }
  for (const entry of state.interactions) insertNewest(merged.interactions, entry, PROFILE_CAPS.interactions);
  for (const change of state.cart) insertNewest(merged.cart, change, PROFILE_CAPS.cartChanges);
  merged.cartClearedAt = Math.max(merged.cartClearedAt, state.cartClearedAt);
  for (const order of state.orders) mergeOrder(merged, order);
  for (const [start, end] of state.sessions) merged.sessions.push([start, end]);
  merged.closedSessions += state.closedSessions;
  for (const [name, trait] of state.traits) setRegister(merged.traits, name, trait, PROFILE_CAPS.traits);
  mergeTrials(merged.trials, state.trials);
  for (const touch of state.touches) insertNewest(merged.touches, touch, PROFILE_CAPS.touches);
  for (const [purpose, choice] of state.choices) setRegister(merged.choices, purpose, choice, MAX_PURPOSES);
  if (state.user && (!merged.user || byWord(state.user, merged.user) < 0)) merged.user = state.user;
}

function mergeDay(into: DayCounts, counts: DayCounts): void {
  const caps = PROFILE_CAPS.keysPerDay;
  mergeBounded(into.type, counts.type, caps.type);
  mergeBounded(into.category, counts.category, caps.category);
  mergeBounded(into.brand, counts.brand, caps.brand);
  mergeBounded(into.item, counts.item, caps.item);
}

/** One order that two ledgers tell of, e.g. the page and the shop's server, is one order: the server's figures stand, then the later ones. */
function mergeOrder(merged: ProfileState, order: ProfileState['orders'][number]): void {
  const known = merged.orders.findIndex(({ id }) => id === order.id);
  const other = merged.orders[known];
  if (other && byWord(other, order) < 0) return;
  if (other) merged.orders.splice(known, 1);
  insertNewest(merged.orders, order, PROFILE_CAPS.orders);
}
