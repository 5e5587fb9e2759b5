/** Spaces work out to a rate, without bursts after a pause. */
export class Pace {
  readonly #perSecond: number;
  #nextMs = 0;

  /** @param perSecond Units a second; Infinity for no limit. */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** How many ms to wait from `nowMs` before `units` more may go; they are then counted. */
  reserve(units: number, nowMs: number): number {
    if (this.#perSecond === Number.POSITIVE_INFINITY) return 0;
    const startMs = Math.max(nowMs, this.#nextMs);
    this.#nextMs = startMs + (units * 1_000) / this.#perSecond;
    return startMs - nowMs;
  }
}
