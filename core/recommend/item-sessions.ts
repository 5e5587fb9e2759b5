import { SESSIONS_PER_ITEM, type SessionUpdate } from './session-update.ts';

/**
 * The session index of the items that `owns` names: for each item its newest sessions by (end, id). The result depends on the
 * set of updates only, as long as no session leaves an item's newest and is then removed.
 */
export class ItemSessions {
  readonly sessions = new Map<string, SessionUpdate>();
  readonly lists = new Map<string, SessionUpdate[]>();
  /** Sessions that hold each owned item, also those that its list has no room for. */
  readonly counts = new Map<string, number>();
  private readonly owns: (item: string) => boolean;
  private readonly cap: number;

  constructor(owns: (item: string) => boolean = () => true, cap = SESSIONS_PER_ITEM) {
    this.owns = owns;
    this.cap = cap;
  }

  /** Takes a session in, replaces it, or removes it. Returns whether anything changed. */
  upsert(update: SessionUpdate): boolean {
    const known = this.sessions.get(update.id);
    if (known && known.version >= update.version) return false;
    if (known) this.leave(known);
    // A removed session stays as a tombstone, so that an older update that comes later does not bring it back.
    this.sessions.set(update.id, update);
    for (const item of this.ownedItems(update)) {
      this.counts.set(item, (this.counts.get(item) ?? 0) + 1);
      this.enterList(item, update);
    }
    return true;
  }

  /** Sessions that stand in at least one list. */
  listedSessions(): Set<SessionUpdate> {
    const listed = new Set<SessionUpdate>();
    for (const list of this.lists.values()) for (const session of list) listed.add(session);
    return listed;
  }

  /** Forgets sessions that stand in no list and ended before `beforeMs`, tombstones too; they stay counted. Returns how many went. */
  prune(beforeMs: number): number {
    const listed = this.listedSessions();
    let gone = 0;
    for (const [id, session] of this.sessions) {
      if (listed.has(session) || session.endedAt >= beforeMs) continue;
      this.sessions.delete(id);
      gone += 1;
    }
    return gone;
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
      const list = this.lists.get(item);
      const at = list?.indexOf(session) ?? -1;
      if (!list || at < 0) continue;
      list.splice(at, 1);
      if (list.length === 0) this.lists.delete(item);
    }
  }
}

/** Newest first; sessions that ended together by id, so that the order is total. */
function comesBefore(a: SessionUpdate, b: SessionUpdate): boolean {
  return a.endedAt > b.endedAt || (a.endedAt === b.endedAt && a.id > b.id);
}
