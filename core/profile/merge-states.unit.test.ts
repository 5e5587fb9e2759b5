import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventSets } from '../../test/material/arbitrary-events.ts';
import type { EnrichedEvent } from '../events/message.ts';
import { encodeState } from './encode-state.ts';
import { foldEvent } from './fold-event.ts';
import { mergeStates } from './merge-states.ts';
import { emptyState, type ProfileState } from './state.ts';

const HORIZON_DAYS = 14;

function fold(events: readonly EnrichedEvent[]): ProfileState {
  const state = emptyState();
  for (const event of events) foldEvent(state, event, HORIZON_DAYS);
  return state;
}

/** A set of events and, for each, which of three devices it happened on. */
const onDevices = fc.tuple(eventSets, fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 160, maxLength: 160 }));
const split = ([events, devices]: [EnrichedEvent[], number[]]) =>
  [0, 1, 2].map((device) => events.filter((_, index) => devices[index] === device));

describe('merging ledgers', () => {
  it('gives what one ledger with all their events would hold, but for the sessions', () => {
    fc.assert(
      fc.property(onDevices, (drawn) => {
        const merged = mergeStates(split(drawn).map(fold));
        const whole = fold(drawn[0]);
        const withoutSessions = { sessions: [], closedSessions: 0 };
        expect(encodeState({ ...merged, ...withoutSessions })).toBe(encodeState({ ...whole, ...withoutSessions }));
      }),
      { numRuns: 300 },
    );
  });

  it('does not depend on the order, and merging in steps gives the same bytes', () => {
    fc.assert(
      fc.property(onDevices, (drawn) => {
        const [a, b, c] = split(drawn).map(fold) as [ProfileState, ProfileState, ProfileState];
        const all = encodeState(mergeStates([a, b, c]));
        expect(encodeState(mergeStates([c, a, b]))).toBe(all);
        expect(encodeState(mergeStates([mergeStates([a, b]), c]))).toBe(all);
      }),
      { numRuns: 100 },
    );
  });

  it('leaves the ledgers as they are', () => {
    fc.assert(
      fc.property(onDevices, (drawn) => {
        const states = split(drawn).map(fold);
        const before = states.map(encodeState);
        mergeStates(states);
        expect(states.map(encodeState)).toEqual(before);
      }),
      { numRuns: 50 },
    );
  });
});
