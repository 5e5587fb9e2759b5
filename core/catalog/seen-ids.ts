import { fnv1a } from '../hash.ts';

const FIRST_CAPACITY = 4_096;

/** Ids that a long upload has named, eight bytes each, as hashes of 53 bits: that two of a million ids share one is one chance in ten thousand. */
export class SeenIds {
  private hashes = new Float64Array(FIRST_CAPACITY);
  private count = 0;
  private isSorted = false;

  add(id: string): void {
    if (this.count === this.hashes.length) {
      const grown = new Float64Array(this.count * 2);
      grown.set(this.hashes);
      this.hashes = grown;
    }
    this.hashes[this.count] = hashOf(id);
    this.count += 1;
    this.isSorted = false;
  }

  has(id: string): boolean {
    if (!this.isSorted) {
      this.hashes.subarray(0, this.count).sort();
      this.isSorted = true;
    }
    const hash = hashOf(id);
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.hashes[middle] as number) < hash) low = middle + 1;
      else high = middle;
    }
    return low < this.count && this.hashes[low] === hash;
  }
}

function hashOf(id: string): number {
  return (fnv1a(id) & 0x1fffff) * 2 ** 32 + fnv1a(`${id.length}/${id}`);
}
