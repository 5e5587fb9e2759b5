/**
 * A map bounded by bytes. What goes first is chosen by second chance (the clock algorithm, Corbató 1968): a read only marks its
 * entry, and the oldest entry without a mark leaves. Keys must start with the site.
 */
export class ByteCache<V extends { readonly bytes: number }> {
  private readonly entries = new Map<string, { readonly value: V; used: boolean }>();
  private readonly capBytes: number;
  private held = 0;

  constructor(capBytes: number) {
    this.capBytes = capBytes;
  }

  /** Bytes held now. */
  get bytes(): number {
    return this.held;
  }

  get(key: string): V | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    entry.used = true;
    return entry.value;
  }

  set(key: string, value: V): void {
    this.remove(key);
    this.entries.set(key, { value, used: false });
    this.held += value.bytes;
    // What was used moves behind the new entry, unmarked, so the walk ends.
    for (const [oldest, entry] of this.entries) {
      if (this.held <= this.capBytes) break;
      if (oldest === key) continue;
      this.entries.delete(oldest);
      if (entry.used) this.entries.set(oldest, { value: entry.value, used: false });
      else this.held -= entry.value.bytes;
    }
  }

  private remove(key: string): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.held -= entry.value.bytes;
    this.entries.delete(key);
  }
}
