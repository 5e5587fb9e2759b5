import { counterOf, type PulseCounter } from '../metrics/pulse-counters.ts';
import type { Counts } from '../pulse/counts.ts';
import { fits, type Samples } from './evaluate.ts';

/** Counts of a time, ms since 1970. */
export interface TimedCounts {
  readonly from: number;
  readonly to: number;
  readonly counts: Readonly<Counts>;
}

/** How counters have grown, from the counts of minutes and hours: those count that began in the time that is asked for. */
export function increaseIn(periods: readonly TimedCounts[]): Samples['increase'] {
  const known = new Map<string, PulseCounter | undefined>();
  const counterNamed = (name: string) => {
    if (!known.has(name)) known.set(name, counterOf(name));
    return known.get(name);
  };
  return (metric, where, from, to, above) => {
    let sum = 0;
    for (const period of periods) {
      // Of an hour at the edge that half counts in which it lies for the most part.
      const middle = (period.from + period.to) / 2;
      if (middle <= from || middle > to) continue;
      for (const [name, by] of Object.entries(period.counts)) {
        const counter = counterNamed(name);
        if (counter?.metric !== metric || !fits(counter.labels, where)) continue;
        if (above === undefined || (counter.bound ?? 0) > above) sum += by;
      }
    }
    return sum;
  };
}
