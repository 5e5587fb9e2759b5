/**
 * A bounded map whose entries expire; the one that was used least recently, to an eighth of the time to live, goes first. Sizes are
 * entries; time is passed in, ms since 1970.
 * Keys must start with the site, so that no tenant reads another's entry.
 */
export class ExpiringCache<V> {
  private readonly entries = new Map<string, { value: V; expiresAt: number; movedAt: number }>();
  private readonly capacity: number;
  private readonly ttlMs: number;

  constructor(capacity: number, ttlMs: number) {
    this.capacity = capacity;
    this.ttlMs = ttlMs;
  }

  /** The entry, unless it is missing or has expired. */
  get(key: string, now: number): V | undefined {
    const entry = this.entries.get(key);
    if (!entry || entry.expiresAt <= now) return undefined;
    // Moving an entry to the end at each use would cost more than the use.
    if (now - entry.movedAt > this.ttlMs / 8) {
      entry.movedAt = now;
      this.entries.delete(key);
      this.entries.set(key, entry);
    }
    return entry.value;
  }

  set(key: string, value: V, now: number): void {
    this.entries.delete(key);
    this.entries.set(key, { value, expiresAt: now + this.ttlMs, movedAt: now });
    if (this.entries.size > this.capacity) {
      const [oldest] = this.entries.keys();
      if (oldest !== undefined) this.entries.delete(oldest);
    }
  }
}
