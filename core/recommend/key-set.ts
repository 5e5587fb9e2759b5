/** Load at which the table doubles. */
const FULL = 0.5;
/** Spreads keys over the table: 2^32 divided by the golden ratio (Knuth, TAOCP 3, section 6.4). */
const SPREAD = 0x9e3779b1;

/**
 * A set of unsigned 32-bit keys that is filled and emptied for each query: open addressing in typed arrays, so that neither
 * allocates, but for growing. A place is taken if it bears the stamp of this filling; emptying is a new stamp.
 */
export class KeySet {
  private keys: Uint32Array;
  /** Floats, since no isolate lives to empty a set 2^53 times. */
  private stamps: Float64Array;
  private stamp = 1;
  private size = 0;

  /** @param bits the table begins with 2^bits places. */
  constructor(bits = 11) {
    this.keys = new Uint32Array(2 ** bits);
    this.stamps = new Float64Array(2 ** bits);
  }

  /** Puts a key in. Returns whether it is new. */
  add(key: number): boolean {
    const mask = this.keys.length - 1;
    let at = Math.imul(key, SPREAD) >>> Math.clz32(mask);
    while (this.stamps[at] === this.stamp) {
      if (this.keys[at] === key) return false;
      at = (at + 1) & mask;
    }
    this.keys[at] = key;
    this.stamps[at] = this.stamp;
    this.size += 1;
    if (this.size > this.keys.length * FULL) this.grow();
    return true;
  }

  clear(): void {
    this.size = 0;
    this.stamp += 1;
  }

  private grow(): void {
    const { keys, stamps, stamp } = this;
    this.keys = new Uint32Array(keys.length * 2);
    this.stamps = new Float64Array(keys.length * 2);
    this.size = 0;
    for (let at = 0; at < keys.length; at += 1) if (stamps[at] === stamp) this.add(keys[at] ?? 0);
  }
}
