import { describe, it } from 'vitest';
import type { EnrichedEvent } from '../events/message.ts';
import { changedSessions } from './changed-sessions.ts';
import { foldEvent } from './fold-event.ts';
import { PROFILE_CAPS } from './limits.ts';
import { emptyState, type ProfileState } from './state.ts';

const START = Date.parse('2026-05-01T12:00:00Z');
const event = (minute: number, type: string, properties: Record<string, unknown>): EnrichedEvent => {
  const time = START + minute * 60_000;
  return { id: `e${minute}`, type, time, occurredAt: new Date(time).toISOString(), fingerprint: minute, properties };
};
const view = (minute: number, item: string) => event(minute, 'product_viewed', { product_id: item });
const stateOf = (events: readonly EnrichedEvent[]) => {
  const state = emptyState();
  for (const one of events) foldEvent(state, one, 14);
  return state;
};
const NONE = { retired: [], messageIds: new Set<string>() };

describe('the sessions that the index is told of', () => {
  it('are those that were touched, with their items in order', ({ expect }) => {
    const state = stateOf([view(0, 'a'), view(1, 'b'), view(90, 'c')]);
    expect(changedSessions(state, { ...NONE, touched: [START] }, 'p.', 7)).toEqual([
      { id: `p.${START.toString(36)}`, version: 7, endedAt: START + 60_000, items: ['a', 'b'] },
    ]);
  });

  it('are without items, so that they go, once the visitor refuses personalization', ({ expect }) => {
    const refuses = event(2, 'consent_changed', { purposes: { personalization: false } });
    const state = stateOf([view(0, 'a'), refuses]);
    expect(changedSessions(state, { ...NONE, touched: [START] }, 'p.', 2)).toMatchObject([{ items: [] }]);
  });

  it('stay as the index knows them where the profile has forgotten their first items', ({ expect }) => {
    const many = (n: number) => Array.from({ length: n }, (_, at) => view(100 + at, `p${at}`));
    const touched = { ...NONE, touched: [START] };
    const [half, none] = [PROFILE_CAPS.interactions - 1, PROFILE_CAPS.interactions].map((n) =>
      stateOf([view(0, 'a'), view(1, 'b'), ...many(n)]),
    );
    expect(changedSessions(half as ProfileState, touched, 'p.', 2)).toEqual([]);
    expect(changedSessions(none as ProfileState, touched, 'p.', 2)).toEqual([]);
  });

  it('go with a refusal also where the profile has forgotten all their items', ({ expect }) => {
    const refuses = event(900, 'consent_changed', { purposes: { personalization: false } });
    const many = Array.from({ length: PROFILE_CAPS.interactions }, (_, at) => view(100 + at, `p${at}`));
    const state = stateOf([view(0, 'a'), ...many, refuses]);
    expect(changedSessions(state, { ...NONE, touched: [START] }, 'p.', 2)).toMatchObject([
      { id: `p.${START.toString(36)}`, items: [] },
    ]);
  });

  it('are left out when nothing was looked at', ({ expect }) => {
    const state = stateOf([event(0, 'page_viewed', {})]);
    expect(changedSessions(state, { ...NONE, touched: [START] }, 'p.', 1)).toEqual([]);
  });

  it('are removed where a message of this call ended them, and where a redelivery of it comes', ({ expect }) => {
    const state = stateOf([view(0, 'a')]);
    const gone = { start: START + 40 * 60_000, messageId: 'm1', time: START };
    const told = (id: string) =>
      changedSessions(state, { touched: [], retired: [gone], messageIds: new Set([id]) }, 'p.', 3);
    expect(told('m1')).toEqual([{ id: `p.${gone.start.toString(36)}`, version: 3, endedAt: START, items: [] }]);
    expect(told('m2')).toEqual([]);
    const back = { ...gone, start: START };
    expect(changedSessions(state, { touched: [], retired: [back], messageIds: new Set(['m1']) }, 'p.', 3)).toEqual([]);
  });
});
