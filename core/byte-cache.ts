/** A map bounded by bytes; what was used least recently goes first. Keys must start with the site. */
export class ByteCache<V extends { readonly bytes: number }> {
  private readonly entries = new Map<string, V>();
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
    const value = this.entries.get(key);
    if (value === undefined) return undefined;
    this.entries.delete(key);
    this.entries.set(key, value);
    return value;
  }

  set(key: string, value: V): void {
    this.remove(key);
    this.entries.set(key, value);
    this.held += value.bytes;
    for (const oldest of this.entries.keys()) {
      if (this.held <= this.capBytes || oldest === key) break;
      this.remove(oldest);
    }
  }

  private remove(key: string): void {
    const value = this.entries.get(key);
    if (value === undefined) return;
    this.held -= value.bytes;
    this.entries.delete(key);
  }
}
