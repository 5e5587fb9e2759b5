import { SESSION_GAP_MS } from './limits.ts';

/** First and last event time of a session, ms since 1970. */
export type SessionInterval = [start: number, end: number];

export interface SessionChange {
  /** Start of the session that now holds the event. */
  readonly start: number;
  /** Starts of sessions that no longer exist under that start: merged, or begun earlier than known. */
  readonly retired: readonly number[];
}

/**
 * Puts an event's time into the sorted list of sessions. Sessions are the connected components of event times under "at most
 * 30 minutes apart", so any order of insertion gives the same list.
 */
export function insertIntoSessions(sessions: SessionInterval[], time: number): SessionChange {
  let from = sessions.length;
  while (from > 0 && (sessions[from - 1]?.[1] ?? 0) + SESSION_GAP_MS >= time) from -= 1;
  let to = from;
  let start = time;
  let end = time;
  const retired: number[] = [];
  while (to < sessions.length) {
    const session = sessions[to];
    if (!session || session[0] - SESSION_GAP_MS > time) break;
    start = Math.min(start, session[0]);
    end = Math.max(end, session[1]);
    retired.push(session[0]);
    to += 1;
  }
  sessions.splice(from, to - from, [start, end]);
  return { start, retired: retired.filter((old) => old !== start) };
}

/** The session that holds a time, if any. */
export function sessionAt(sessions: readonly SessionInterval[], time: number): SessionInterval | undefined {
  return sessions.findLast(([start, end]) => start <= time && time <= end);
}
