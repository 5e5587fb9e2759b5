import type { EnrichedEvent } from '../events/message.ts';
import { type Advanced, advance, evaluateAt, type Followed } from './advance.ts';
import type { CompiledSegment } from './compile-segment.ts';
import type { SegmentInputs } from './evaluate-segments.ts';
import type { Transition } from './transitions.ts';

/** What segments are decided by, as events change it. */
export interface Folding {
  /** As it is now. */
  inputs(): SegmentInputs;
  /** Folds an event that was not folded before; whether that changed anything. */
  fold(event: EnrichedEvent): boolean;
}

/**
 * Folds a batch of events and follows the segments to `nowMs`. Events are taken in event-time order. A transition that an event causes
 * carries that event's time, also when the event is late; one that time causes carries the moment at which the window ended.
 */
export function applyEvents(
  segments: readonly CompiledSegment[],
  folding: Folding,
  from: Followed,
  events: readonly EnrichedEvent[],
  nowMs: number,
): Advanced {
  const made: Transition[] = [];
  let followed = from;
  for (const event of events.toSorted((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1))) {
    // Before its first event there is no profile that could be in anything.
    const before =
      followed.at === null
        ? { ...followed, at: event.time, transitions: [] }
        : advance(segments, folding.inputs(), followed, event.time - 1);
    made.push(...before.transitions);
    followed = before;
    if (!folding.fold(event)) continue;
    // What turns at the very time of the event is seen with it: nobody is in a segment for no time.
    const at = Math.max(before.at, event.time);
    const { standings, transitions } = evaluateAt(segments, folding.inputs(), before.standings, at, event.time);
    made.push(...transitions);
    followed = { at, standings };
  }
  const end = advance(segments, folding.inputs(), followed, nowMs);
  return { ...end, transitions: [...made, ...end.transitions] };
}
