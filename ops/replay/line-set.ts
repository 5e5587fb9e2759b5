/** A set of line numbers, nearly all of them below a mark: it takes the space of those beyond the first gap. */
export class LineSet {
  /** All lines up to this one are in the set. */
  #mark = 0;
  readonly #beyond = new Set<number>();

  has(line: number): boolean {
    return line <= this.#mark || this.#beyond.has(line);
  }

  add(line: number): void {
    if (line <= this.#mark) return;
    this.#beyond.add(line);
    while (this.#beyond.delete(this.#mark + 1)) this.#mark += 1;
  }
}
