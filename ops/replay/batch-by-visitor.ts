import type { ReplayEvent } from './replay-event.ts';

/** An event with the number of its line. */
export interface NumberedEvent {
  readonly line: number;
  readonly event: ReplayEvent;
}

export interface BatchLimits {
  /** Most events in a batch. */
  readonly batchEvents: number;
  /** Most events held back over all visitors. */
  readonly windowEvents: number;
}

/**
 * Collects events into batches of one visitor each, as the visitors' beacons would send them. A batch leaves when it is full;
 * when the window is full, the visitor who has waited longest leaves. Each event leaves exactly once, a visitor's in order.
 */
export class VisitorBatches {
  readonly #limits: BatchLimits;
  /** In the order in which the visitors' first waiting event came. */
  readonly #open = new Map<string, NumberedEvent[]>();
  #held = 0;

  constructor(limits: BatchLimits) {
    this.#limits = limits;
  }

  /** Adds an event; returns the batch that this sends off, if any. */
  add(next: NumberedEvent): NumberedEvent[] | undefined {
    const visitor = next.event.anonymousId;
    const batch = this.#open.get(visitor) ?? [];
    batch.push(next);
    this.#open.set(visitor, batch);
    this.#held += 1;
    if (batch.length >= this.#limits.batchEvents) return this.#take(visitor);
    if (this.#held <= this.#limits.windowEvents) return undefined;
    const [oldest] = this.#open.keys();
    return oldest === undefined ? undefined : this.#take(oldest);
  }

  /** What is left, a batch a visitor. */
  *rest(): Generator<NumberedEvent[]> {
    for (const visitor of [...this.#open.keys()]) yield this.#take(visitor);
  }

  #take(visitor: string): NumberedEvent[] {
    const batch = this.#open.get(visitor) ?? [];
    this.#open.delete(visitor);
    this.#held -= batch.length;
    return batch;
  }
}
