/** How a cache's entries age, in ms. */
export interface Ages {
  /** From this age on an entry is not believed any more. */
  readonly ttlMs: number;
  /** From this age on an entry is due to be loaded anew, behind an answer; half of `ttlMs` unless given. */
  readonly refreshMs?: number;
}

/**
 * A bounded map whose entries age; the one that was used least recently, to an eighth of the time to live, goes first. Sizes are
 * entries; time is passed in, ms since 1970.
 * Keys must start with the site, so that no tenant reads another's entry, unless the cache is of one site.
 */
export class ExpiringCache<V> {
  private readonly entries = new Map<string, { value: V; loadedAt: number; dueAt: number; movedAt: number }>();
  private readonly capacity: number;
  private readonly ttlMs: number;
  private readonly refreshMs: number;

  constructor(capacity: number, { ttlMs, refreshMs = ttlMs / 2 }: Ages) {
    this.capacity = capacity;
    this.ttlMs = ttlMs;
    this.refreshMs = refreshMs;
  }

  /** The entry, unless it is missing or has expired. */
  get(key: string, now: number): V | undefined {
    const entry = this.entries.get(key);
    if (!entry || entry.loadedAt + this.ttlMs <= now) return undefined;
    // Moving an entry to the end at each use would cost more than the use.
    if (now - entry.movedAt > this.ttlMs / 8) {
      entry.movedAt = now;
      this.entries.delete(key);
      this.entries.set(key, entry);
    }
    return entry.value;
  }

  /** Whether the caller shall load the entry anew: true once each `refreshMs`, so that only one does. */
  due(key: string, now: number): boolean {
    const entry = this.entries.get(key);
    if (!entry || entry.dueAt > now) return false;
    entry.dueAt = now + this.refreshMs;
    return true;
  }

  /** The entry however old, for when nothing newer can be had. */
  last(key: string): V | undefined {
    return this.entries.get(key)?.value;
  }

  get size(): number {
    return this.entries.size;
  }

  /** All entries, however old, the one that was used least recently first. */
  *values(): Generator<V> {
    for (const { value } of this.entries.values()) yield value;
  }

  /** Gives up so many entries, those that were used least recently. */
  dropOldest(count: number): void {
    let left = count;
    for (const key of this.entries.keys()) {
      if (left <= 0) return;
      this.entries.delete(key);
      left -= 1;
    }
  }

  delete(key: string): void {
    this.entries.delete(key);
  }

  set(key: string, value: V, now: number): void {
    this.entries.delete(key);
    this.entries.set(key, { value, loadedAt: now, dueAt: now + this.refreshMs, movedAt: now });
    if (this.entries.size > this.capacity) {
      const [oldest] = this.entries.keys();
      if (oldest !== undefined) this.entries.delete(oldest);
    }
  }
}
