import type { MetricName } from '../metrics/catalogue.ts';
import { counterOf, type PulseCounter } from '../metrics/pulse-counters.ts';
import type { Counts } from '../pulse/counts.ts';
import { fits, type Samples } from './evaluate.ts';

/** Counts of a time, ms since 1970. */
export interface TimedCounts {
  readonly from: number;
  readonly to: number;
  readonly counts: Readonly<Counts>;
}

/** How counters have grown, from the counts of minutes and hours: each counts where its middle lies in the time that is asked for. */
export function increaseIn(periods: readonly TimedCounts[]): Samples['increase'] {
  const grown = new Map<
    MetricName,
    { readonly middle: number; readonly counter: PulseCounter; readonly by: number }[]
  >();
  for (const { from, to, counts } of periods)
    for (const [name, by] of Object.entries(counts)) {
      const counter = counterOf(name);
      if (!counter) continue;
      const own = grown.get(counter.metric) ?? [];
      own.push({ middle: (from + to) / 2, counter, by });
      grown.set(counter.metric, own);
    }
  return (metric, where, from, to, above) => {
    let sum = 0;
    for (const { middle, counter, by } of grown.get(metric) ?? []) {
      if (middle <= from || middle > to || !fits(counter.labels, where)) continue;
      if (above === undefined || (counter.bound ?? 0) > above) sum += by;
    }
    return sum;
  };
}
