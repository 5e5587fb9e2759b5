import { HourlyCounts } from './hourly-counts.ts';
import { REPLAYED, SESSIONS_PER_ITEM, type SessionUpdate } from './session-update.ts';

/** How many sessions hold an item, and how many of them are recent. */
export type ShardCount = [item: string, sessions: number, recent: number];

/** What an index holds beside its sessions: counts that outlive the sessions they came from. */
export interface IndexCounts {
  readonly counts: [item: string, sessions: number][];
  readonly hours: ReturnType<HourlyCounts['entries']>;
}

/**
 * The session index of the items that `owns` names: for each item its newest sessions by (end, id). The result depends on the
 * set of updates only, as long as no session leaves an item's newest and is then removed.
 */
export class ItemSessions {
  readonly sessions = new Map<string, SessionUpdate>();
  readonly lists = new Map<string, SessionUpdate[]>();
  /** Sessions that hold each owned item, also those that its list has no room for. */
  readonly counts = new Map<string, number>();
  hours = new HourlyCounts();
  private readonly owns: (item: string) => boolean;
  private readonly cap: number;
  /** One string for each item, however many sessions hold it. */
  private readonly names = new Map<string, string>();

  constructor(owns: (item: string) => boolean = () => true, cap = SESSIONS_PER_ITEM) {
    this.owns = owns;
    this.cap = cap;
  }

  /** Takes a session in, replaces it, or removes it. Returns whether anything changed. */
  upsert(update: SessionUpdate): boolean {
    const known = this.sessions.get(update.id);
    if (known && known.version >= update.version) return false;
    if (known) this.leave(known);
    const session = { ...update, items: update.items.map((item) => this.nameOf(item)) };
    // A removed session stays as a tombstone, so that an older update that comes later does not bring it back.
    this.sessions.set(session.id, session);
    for (const item of this.ownedItems(session)) {
      this.counts.set(item, (this.counts.get(item) ?? 0) + 1);
      this.hours.add(item, session.endedAt, 1);
      this.enterList(item, session);
    }
    return true;
  }

  /** Sets the counts to stored ones, which also hold what came from sessions that are gone. */
  restoreCounts(stored: IndexCounts): void {
    for (const [item, count] of stored.counts) this.counts.set(item, count);
    this.hours = new HourlyCounts(stored.hours);
  }

  /**
   * Removes the sessions of some profiles that ended until then, without a trace; with `onlyReplayed` those of version 0 only. Returns how
   * many went.
   *
   * @param prefixes what the ids begin with, up to their first dot.
   */
  erase(prefixes: ReadonlySet<string>, untilMs: number, onlyReplayed = false): number {
    const leaving = [...this.sessions.values()].filter(
      ({ id, endedAt, version }) =>
        endedAt <= untilMs && (!onlyReplayed || version === REPLAYED) && prefixes.has(id.slice(0, id.indexOf('.') + 1)),
    );
    for (const session of leaving) {
      this.leave(session);
      this.sessions.delete(session.id);
    }
    return leaving.length;
  }

  /**
   * Keeps at most `most` sessions, tombstones counted: the first to go are those that stand in no list any more, then the oldest,
   * which their lists lose. They stay counted, except where an item is left without any session.
   */
  evict(most: number): number {
    const excess = this.sessions.size - most;
    if (excess <= 0) return 0;
    const listed = new Set<SessionUpdate>();
    for (const list of this.lists.values()) for (const session of list) listed.add(session);
    const leaving = [...this.sessions.values()]
      .sort((a, b) => Number(listed.has(a)) - Number(listed.has(b)) || (comesBefore(a, b) ? 1 : -1))
      .slice(0, excess);
    for (const session of leaving) {
      this.sessions.delete(session.id);
      for (const item of this.ownedItems(session)) {
        this.leaveList(item, session);
        if (!this.lists.has(item)) this.counts.delete(item);
      }
    }
    this.names.clear();
    return leaving.length;
  }

  /**
   * The lists of owned items as they were before `cutSeconds`, made of all sessions that are held; recent are those from `sinceSeconds` on.
   * Yields how many items of sessions it looked at, so that the caller can let others run between two steps.
   *
   * @param wanted items whose lists are asked for; the counts are of all.
   */
  *before(
    cutSeconds: number,
    sinceSeconds: number,
    wanted: ReadonlySet<string>,
  ): Generator<number, { readonly lists: Map<string, SessionUpdate[]>; readonly counts: ShardCount[] }> {
    const lists = new Map<string, SessionUpdate[]>();
    const later = new Map<string, number>();
    const recent = new Map<string, number>();
    const count = (counts: Map<string, number>, item: string) => counts.set(item, (counts.get(item) ?? 0) + 1);
    for (const session of this.sessions.values()) {
      const end = Math.floor(session.endedAt / 1_000);
      for (const item of this.ownedItems(session)) {
        if (end >= cutSeconds) count(later, item);
        else {
          if (end >= sinceSeconds) count(recent, item);
          if (!wanted.has(item)) continue;
          const list = lists.get(item);
          if (list) list.push(session);
          else lists.set(item, [session]);
        }
      }
      yield session.items.length;
    }
    for (const list of lists.values()) {
      list.sort((a, b) => (comesBefore(a, b) ? -1 : 1));
      if (list.length > this.cap) list.length = this.cap;
      yield list.length;
    }
    const counts = [...this.counts].map(
      ([item, sessions]): ShardCount => [item, sessions - (later.get(item) ?? 0), recent.get(item) ?? 0],
    );
    return { lists, counts: counts.filter(([, sessions]) => sessions > 0) };
  }

  private nameOf(item: string): string {
    const name = this.names.get(item);
    if (name !== undefined) return name;
    this.names.set(item, item);
    return item;
  }

  private ownedItems(session: SessionUpdate): Set<string> {
    return new Set(session.items.filter(this.owns));
  }

  private enterList(item: string, session: SessionUpdate): void {
    let list = this.lists.get(item);
    if (!list) {
      list = [];
      this.lists.set(item, list);
    }
    let at = 0;
    while (at < list.length && comesBefore(list[at] ?? session, session)) at += 1;
    if (at >= this.cap) return;
    list.splice(at, 0, session);
    if (list.length > this.cap) list.length = this.cap;
  }

  private leave(session: SessionUpdate): void {
    for (const item of this.ownedItems(session)) {
      const left = (this.counts.get(item) ?? 1) - 1;
      if (left > 0) this.counts.set(item, left);
      else this.counts.delete(item);
      this.hours.add(item, session.endedAt, -1);
      this.leaveList(item, session);
    }
  }

  private leaveList(item: string, session: SessionUpdate): void {
    const list = this.lists.get(item);
    const at = list?.indexOf(session) ?? -1;
    if (!list || at < 0) return;
    list.splice(at, 1);
    if (list.length === 0) this.lists.delete(item);
  }
}

/** Newest first; sessions that ended together by id, so that the order is total. */
function comesBefore(a: SessionUpdate, b: SessionUpdate): boolean {
  return a.endedAt > b.endedAt || (a.endedAt === b.endedAt && a.id > b.id);
}
