import { waitUntil } from 'cloudflare:workers';
import { withDeadline } from '../with-deadline.ts';

/** A flight that is older is not joined: the request that began it may have ended with it. */
const JOINED_MS = 2_000;

interface Flight<V> {
  readonly promise: Promise<V>;
  readonly startedAt: number;
}

/** One load a key at a time in an isolate: who asks meanwhile gets what the first one loads. */
export class SingleFlight<V> {
  private readonly flights = new Map<string, Flight<V>>();

  /** The load of a key that is under way, or a new one; it goes on when the request that began it ends. */
  async load(key: string, load: () => Promise<V>): Promise<V> {
    const now = Date.now();
    const under = this.flights.get(key);
    if (under && now - under.startedAt < JOINED_MS) {
      const joined = await withDeadline(
        under.promise.then((value) => ({ value })),
        JOINED_MS,
      );
      if (typeof joined === 'object') return joined.value;
      if (joined === 'error') return under.promise;
    }
    const flight = { promise: load(), startedAt: now };
    this.flights.set(key, flight);
    const landed = () => {
      if (this.flights.get(key) === flight) this.flights.delete(key);
    };
    waitUntil(flight.promise.then(landed, landed));
    return flight.promise;
  }

  /** Whether a load of a key is under way, so that who would only read anew behind an answer need not. */
  isUnderWay(key: string): boolean {
    const under = this.flights.get(key);
    return under !== undefined && Date.now() - under.startedAt < JOINED_MS;
  }

  /** Lets no one join what is under way. */
  forget(key: string): void {
    this.flights.delete(key);
  }
}
