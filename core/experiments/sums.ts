import type { Standing } from '../profile/standing.ts';
import { DAY_MS } from '../time.ts';

/**
 * What is measured of a visitor. Revenue is in hundredths of the currency. The last four are of orders that are put down to a click on what the variant has
 * shown: by last touch, first touch, linear and by time decay (`core/profile/attribution.ts`).
 */
export const METRICS = [
  'conversion',
  'orders',
  'revenue',
  'clicks',
  'attributed_revenue',
  'first_touch_revenue',
  'linear_revenue',
  'time_decay_revenue',
] as const;
export type Metric = (typeof METRICS)[number];

/** Sums of a metric over visitors: of y, of y², and of y times what they were before. */
export interface MetricSums {
  y: number;
  yy: number;
  xy: number;
}

/** Visitors whose first impression fell on one day. */
export interface DaySums {
  visitors: number;
  converted: number;
  revenue: number;
}

/** Sums over the visitors of a variant. */
export interface VariantSums {
  visitors: number;
  /** Visitors who were shown another variant too. */
  mixed: number;
  shown: number;
  /** Of what they were before: x, the logarithm of one more than their events, and x². */
  before: { x: number; xx: number };
  metrics: Record<Metric, MetricSums>;
  /** By day of the first impression, days since 1970. */
  days: Record<number, DaySums>;
}

/** By index of the variant. */
export type Sums = Record<number, VariantSums>;

/** A standing without what all of an experiment share. */
export type Counted = Omit<Standing, 'number'>;

function emptySums(): VariantSums {
  return {
    visitors: 0,
    mixed: 0,
    shown: 0,
    before: { x: 0, xx: 0 },
    metrics: Object.fromEntries(METRICS.map((metric) => [metric, { y: 0, yy: 0, xy: 0 }])) as Record<
      Metric,
      MetricSums
    >,
    days: {},
  };
}

/** Adds up standings. `currency`: revenue in another one is left out. */
export function sumStandings(standings: Iterable<Counted>, currency: string | null): Sums {
  const sums: Sums = {};
  for (const standing of standings) {
    sums[standing.variant] ??= emptySums();
    const of = sums[standing.variant] as VariantSums;
    const x = Math.log1p(standing.before);
    const isOurs = standing.currency === null || standing.currency === currency;
    const values = valuesOf(standing, isOurs);
    of.visitors += 1;
    of.mixed += standing.mixed ? 1 : 0;
    of.shown += standing.shown;
    addTo(of.before, { x, xx: x * x });
    for (const metric of METRICS) {
      const y = values[metric];
      addTo(of.metrics[metric], { y, yy: y * y, xy: x * y });
    }
    const day = Math.floor(standing.firstAt / DAY_MS);
    of.days[day] ??= { visitors: 0, converted: 0, revenue: 0 };
    addTo(of.days[day], { visitors: 1, converted: values.conversion, revenue: values.revenue });
  }
  return sums;
}

function valuesOf(standing: Counted, isOurs: boolean): Record<Metric, number> {
  const { attributedRevenue: byLast, attributedOtherwise: otherwise } = standing;
  return {
    conversion: standing.orders > 0 ? 1 : 0,
    orders: standing.orders,
    revenue: isOurs ? standing.revenue : 0,
    clicks: standing.clicked,
    attributed_revenue: isOurs ? byLast : 0,
    first_touch_revenue: isOurs ? (otherwise?.firstTouch ?? byLast) : 0,
    linear_revenue: isOurs ? (otherwise?.linear ?? byLast) : 0,
    time_decay_revenue: isOurs ? (otherwise?.timeDecay ?? byLast) : 0,
  };
}

/** Adds sums of other visitors, in place; those that were kept before something was measured have nothing of it. */
export function addSums(into: Sums, from: Sums): void {
  for (const [index, sums] of Object.entries(from)) {
    const variant = Number(index);
    into[variant] ??= emptySums();
    const of = into[variant] as VariantSums;
    of.visitors += sums.visitors;
    of.mixed += sums.mixed;
    of.shown += sums.shown;
    addTo(of.before, sums.before);
    for (const metric of METRICS) {
      const known: MetricSums | undefined = sums.metrics[metric];
      if (known) addTo(of.metrics[metric], known);
    }
    for (const [day, counts] of Object.entries(sums.days)) {
      const there = of.days[Number(day)];
      if (there) addTo(there, counts);
      else of.days[Number(day)] = { ...counts };
    }
  }
}

/** Adds members of the same names, in place. */
function addTo<T extends { [Name in keyof T]: number }>(into: T, from: Readonly<T>): void {
  for (const name of Object.keys(from) as (keyof T)[]) into[name] = (into[name] + from[name]) as T[keyof T];
}
