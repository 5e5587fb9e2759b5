/** A target is discounted by its sessions to this power: what everybody looks at says little. */
const TARGET_EXPONENT = 0.15;

/** The isolate's numbering of a site's items, shared by its blocks, so that the scan works on integers. */
export class ItemTable {
  private readonly numbers = new Map<string, number>();
  private readonly ids: string[] = [];
  /** By number: sessions that hold the item, and those of them that are recent. */
  counts = new Float32Array(1024);
  recents = new Float32Array(1024);
  /** By number, made of the count, of at least 1: its natural logarithm, and count^−0.15. */
  logCounts = new Float32Array(1024);
  targetWeights = new Float32Array(1024);

  /** Items known. */
  get size(): number {
    return this.ids.length;
  }

  /** The item's number, made if new; later counts replace earlier ones. */
  enter(id: string, count: number, recent: number): number {
    let number = this.numbers.get(id);
    if (number === undefined) {
      number = this.ids.length;
      this.numbers.set(id, number);
      this.ids.push(id);
      if (number >= this.counts.length) this.grow();
    }
    this.count(number, count, recent);
    return number;
  }

  /** Sets the counts of a known item. */
  count(number: number, count: number, recent: number): void {
    const held = Math.max(1, count);
    this.counts[number] = count;
    this.recents[number] = recent;
    this.logCounts[number] = Math.log(held);
    this.targetWeights[number] = held ** -TARGET_EXPONENT;
  }

  /** Makes room for `more` numbers beyond the items that are known, each of no session: for items of one query that nobody else has. */
  reserve(more: number): void {
    while (this.size + more > this.counts.length) this.grow();
    for (let number = this.size; number < this.size + more; number += 1) this.count(number, 0, 0);
  }

  numberOf(id: string): number | undefined {
    return this.numbers.get(id);
  }

  idOf(number: number): string {
    return this.ids[number] ?? '';
  }

  private grow(): void {
    const twice = (column: Float32Array): Float32Array<ArrayBuffer> => {
      const grown = new Float32Array(column.length * 2);
      grown.set(column);
      return grown;
    };
    this.counts = twice(this.counts);
    this.recents = twice(this.recents);
    this.logCounts = twice(this.logCounts);
    this.targetWeights = twice(this.targetWeights);
  }
}
