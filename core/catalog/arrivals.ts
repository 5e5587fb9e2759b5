import { DAY_MS, HOUR_MS } from '../time.ts';

/** How long a product is new. */
export const NEW_FOR_MS = 14 * DAY_MS;
/** What a catalogue began with is no news. */
const BEGINNING_MS = DAY_MS;

/** From which place in the catalogue's order on products arrived since a time, ms since 1970. */
export interface Arrival {
  readonly position: number;
  readonly at: number;
}

/** Notes that products arrive from a place on. The first mark stays, for it says when the catalogue began; of others those that still matter. */
export function withArrival(arrivals: readonly Arrival[], position: number, now: number): readonly Arrival[] {
  // A catalogue that was there before arrivals were noted began long ago.
  const [first = { position: 0, at: position === 0 ? now : 0 }, ...others] = arrivals;
  const last = arrivals.at(-1);
  if (last && now - last.at < HOUR_MS) return arrivals;
  const kept = others.filter(({ at }) => at > now - NEW_FOR_MS);
  return position === 0 ? [first] : [first, ...kept, { position, at: now }];
}

/** From which place on products are new; nothing where none is. */
export function newFrom(arrivals: readonly Arrival[], now: number): number | undefined {
  const [first, ...others] = arrivals;
  if (!first) return undefined;
  const since = Math.max(now - NEW_FOR_MS, first.at + BEGINNING_MS);
  return others.find(({ at }) => at >= since)?.position;
}
