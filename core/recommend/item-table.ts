/** The isolate's numbering of a site's items, shared by its blocks, so that the scorer works on integers. */
export class ItemTable {
  private readonly numbers = new Map<string, number>();
  private readonly ids: string[] = [];
  /** Sessions that hold the item, by number; NaN-free, at least 1. */
  private counts = new Float32Array(1024);

  /** Items known. */
  get size(): number {
    return this.ids.length;
  }

  /** The item's number, made if new; a later count replaces an earlier one. */
  enter(id: string, count: number): number {
    let number = this.numbers.get(id);
    if (number === undefined) {
      number = this.ids.length;
      this.numbers.set(id, number);
      this.ids.push(id);
      if (number >= this.counts.length) {
        const grown = new Float32Array(this.counts.length * 2);
        grown.set(this.counts);
        this.counts = grown;
      }
    }
    this.counts[number] = Math.max(1, count);
    return number;
  }

  numberOf(id: string): number | undefined {
    return this.numbers.get(id);
  }

  idOf(number: number): string {
    return this.ids[number] ?? '';
  }

  countOf(number: number): number {
    return this.counts[number] ?? 1;
  }
}
