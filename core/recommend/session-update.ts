/** Sessions that an item keeps, newest first: what the index is cut to. */
export const SESSIONS_PER_ITEM = 200;
/** Items of a session that are kept, its last ones. */
export const ITEMS_PER_SESSION = 20;

/** The version of a session that was made again from the lake: whatever a profile says of it since is newer. */
export const REPLAYED = 0;

/**
 * A session as the index takes it. A higher `version` replaces a lower one, so updates may come in any order and any number of
 * times. Without items it removes the session.
 */
export interface SessionUpdate {
  readonly id: string;
  readonly version: number;
  /** Event time of its last event, ms since 1970. */
  readonly endedAt: number;
  /** Its last items, oldest first; at most 20. */
  readonly items: readonly string[];
}
