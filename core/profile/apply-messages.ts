import { CONSENT_EVENT } from '../consent/allows.ts';
import type { Outcome } from '../events/applied-events.ts';
import type { EnrichedEvent, EventMessage } from '../events/message.ts';
import { DAY_MS } from '../time.ts';
import type { DedupLog } from './dedup-log.ts';
import { foldEvent } from './fold-event.ts';
import { PROFILE_CAPS, QUEUE_RETENTION_DAYS } from './limits.ts';
import { sessionAt } from './session-intervals.ts';
import type { ProfileState } from './state.ts';
import { isErased, type Tombstone } from './tombstone.ts';

/** A session that no longer exists under its id, and the message whose events ended it. */
export interface RetiredSession {
  readonly start: number;
  readonly messageId: string;
  readonly time: number;
}

/** The events of one message that are to be applied. */
export type AppliedMessage = Pick<EventMessage, 'id' | 'events'> & Partial<Pick<EventMessage, 'client'>>;

export interface Applied {
  /** For each message, for each of its events. */
  readonly outcomes: Outcome[][];
  /** Events that were not known before and have been folded now. */
  readonly fresh: EnrichedEvent[];
  /** Whether the state changed and must be stored. */
  readonly changed: boolean;
  /** Starts of the sessions that hold an event counted under one of these messages; of all when one of them is a choice of consent. */
  readonly touchedSessions: number[];
  readonly retired: RetiredSession[];
}

/** Applies messages to a profile, in place: each event is counted exactly once, by its id. `now` in ms since 1970. */
export function applyMessages(
  state: ProfileState,
  log: DedupLog,
  messages: readonly AppliedMessage[],
  now: number,
  horizonDays: number,
  tombstone?: Tombstone,
): Applied {
  const oldest = now - (horizonDays + QUEUE_RETENTION_DAYS) * DAY_MS;
  const retired: RetiredSession[] = [];
  const countedTimes: number[] = [];
  const inThisCall = new Set<string>();
  const fresh: EnrichedEvent[] = [];
  let choosing = false;
  const applyOne = (message: AppliedMessage, event: EnrichedEvent): Outcome => {
    if (isErased(tombstone, event.time)) return 'erased';
    const seen = log.look(event.id, event.fingerprint, message.id);
    if (seen.known && !seen.sameContent) return 'conflict';
    // An id that stands twice in a message, or in a message that a batch holds twice, has its effects once.
    if (seen.known && (!seen.owned || inThisCall.has(event.id))) return 'duplicate';
    if (!seen.known) {
      if (event.time < oldest) return 'late';
      if (log.size >= PROFILE_CAPS.ledgerEvents) return 'quota';
      const change = foldEvent(state, event, horizonDays);
      for (const start of change.retired) retired.push({ start, messageId: message.id, time: event.time });
      log.add(event.id, event.fingerprint, message.id, event.time);
      fresh.push(event);
    }
    inThisCall.add(event.id);
    countedTimes.push(event.time);
    choosing ||= event.type === CONSENT_EVENT;
    return 'counted';
  };
  const outcomes = messages.map((message) => message.events.map((event) => applyOne(message, event)));
  // A choice decides for all sessions whether others may be shown what they show.
  const touched = new Set(
    choosing
      ? state.sessions.map(([start]) => start)
      : countedTimes.flatMap((time) => sessionAt(state.sessions, time)?.[0] ?? []),
  );
  return { outcomes, fresh, changed: fresh.length > 0, touchedSessions: [...touched].sort((a, b) => a - b), retired };
}
