import { foldAttributes } from '../attributes/fold-attribute.ts';
import type { EnrichedEvent } from '../events/message.ts';
import { type Advanced, advance, type Followed, settle } from './advance.ts';
import type { CompiledSegment } from './compile-segment.ts';
import type { SegmentInputs } from './evaluate-segments.ts';
import type { Transition } from './transitions.ts';

/**
 * Folds a batch of events, none of which was folded before, into `inputs.states`, in place, and follows the segments to `nowMs`. Events
 * are taken in event-time order. A transition that an event causes carries that event's time, also when the event is late; one
 * that time causes carries the moment at which the window ended.
 */
export function applyEvents(
  segments: readonly CompiledSegment[],
  inputs: SegmentInputs,
  from: Followed,
  events: readonly EnrichedEvent[],
  nowMs: number,
): Advanced {
  const made: Transition[] = [];
  let followed = from;
  for (const event of events.toSorted((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1))) {
    const before = advance(segments, inputs, followed, event.time);
    made.push(...before.transitions);
    followed = before;
    if (!foldAttributes(inputs.states, inputs.attributes, event)) continue;
    const { standings, transitions } = settle(segments, inputs, before.standings, before.at, event.time);
    made.push(...transitions);
    followed = { at: before.at, standings };
  }
  const end = advance(segments, inputs, followed, nowMs);
  return { ...end, transitions: [...made, ...end.transitions] };
}
