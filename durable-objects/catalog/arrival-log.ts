import { type Arrival, newFrom, withArrival } from '../../core/catalog/arrivals.ts';

const KEY = 'arrivals';

/** Since when, in the catalogue's order, products have come; kept beside the products. */
export class ArrivalLog {
  private readonly storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.storage = storage;
  }

  /** Notes that products come from a place on; to be called in the transaction that writes them. */
  note(position: number, now: number): void {
    const arrivals = this.read();
    const noted = withArrival(arrivals, position, now);
    if (noted !== arrivals) this.storage.kv.put(KEY, noted);
  }

  /** From which place on products are new; nothing where none is. */
  newFrom(now: number): number | undefined {
    return newFrom(this.read(), now);
  }

  private read(): readonly Arrival[] {
    return this.storage.kv.get<readonly Arrival[]>(KEY) ?? [];
  }
}
