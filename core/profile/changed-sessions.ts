import type { ChangedSession } from './answers.ts';
import type { RetiredSession } from './apply-messages.ts';
import { sessionId } from './session-id.ts';
import { sessionItems } from './session-items.ts';
import type { ProfileState } from './state.ts';

/** What a call has made of a profile's sessions. */
export interface SessionChanges {
  /** Starts of the sessions that the call's events touched. */
  readonly touched: readonly number[];
  /** Sessions that ended under their id, by this call or an earlier one, with the message that ended them. */
  readonly retired: readonly RetiredSession[];
  /** Ids of the call's messages. */
  readonly messageIds: ReadonlySet<string>;
}

/**
 * The sessions that the index is to take, and those that it is to remove, the same for a redelivery as for the first call. A visitor who
 * refuses personalization is in no session of the index.
 *
 * @param prefix what the ids of this profile's sessions begin with.
 * @param version grows with each call that changed the profile.
 */
export function changedSessions(
  state: ProfileState,
  { touched, retired, messageIds }: SessionChanges,
  prefix: string,
  version: number,
): ChangedSession[] {
  const there = new Set(state.sessions.map(([start]) => start));
  const gone = retired.filter(({ messageId, start }) => messageIds.has(messageId) && !there.has(start));
  const agreed = state.choices.get('personalization')?.granted !== false;
  const sessions = touched.map((start) => ({ start, ...sessionItems(state, start) }));
  // The index keeps what it knows of a session that the profile has forgotten in part; a refusal ends that one, too.
  const changed = agreed
    ? sessions.filter(({ items, complete }) => items.length > 0 && complete)
    : sessions.map((session) => ({ ...session, items: [] }));
  const removed = gone.map(({ start, time }) => ({ start, endedAt: time, items: [] }));
  return [...changed, ...removed].map(({ start, endedAt, items }) => ({
    id: sessionId(prefix, start),
    version,
    endedAt,
    items,
  }));
}
