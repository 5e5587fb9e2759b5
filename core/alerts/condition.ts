import type { MetricName } from '../metrics/catalogue.ts';

/** Labels that a series must have: one value, or any of several. */
export type Where = Readonly<Record<string, string | readonly string[]>>;

/** How far back a rate looks. */
export type Window = '5m' | '15m' | '30m' | '1h' | '2h' | '6h' | '1d' | '3d';

/** Something that a rule looks at: of a gauge each series for itself; of counters their sum over a site. */
export type Value =
  | { readonly kind: 'gauge'; readonly metric: MetricName; readonly where: Where }
  /** Seconds since the time that a gauge says. */
  | { readonly kind: 'age'; readonly metric: MetricName; readonly where: Where }
  /** Increase a second over a window, which may end some time ago. */
  | {
      readonly kind: 'rate';
      readonly metric: MetricName;
      readonly where: Where;
      readonly window: Window;
      readonly ago?: Window;
    }
  /** The part of a histogram's measurements, over a window, that are above one of its bounds. */
  | {
      readonly kind: 'above';
      readonly metric: MetricName;
      readonly where: Where;
      readonly bound: number;
      readonly window: Window;
    }
  /** One value in parts of another. */
  | { readonly kind: 'ratio'; readonly part: Value; readonly of: Value }
  /** A value that Prometheus keeps under a name of its own. */
  | { readonly kind: 'recorded'; readonly name: string; readonly value: Value };

/** When a rule holds. */
export type Condition =
  | { readonly kind: 'compare'; readonly value: Value; readonly is: '>' | '>=' | '=='; readonly than: number }
  | { readonly kind: 'all'; readonly of: readonly Condition[] }
  | { readonly kind: 'any'; readonly of: readonly Condition[] };

export const gauge = (metric: MetricName, where: Where = {}): Value => ({ kind: 'gauge', metric, where });
export const age = (metric: MetricName, where: Where = {}): Value => ({ kind: 'age', metric, where });
export const rate = (metric: MetricName, where: Where, window: Window, ago?: Window): Value => ({
  kind: 'rate',
  metric,
  where,
  window,
  ...(ago && { ago }),
});
export const above = (metric: MetricName, where: Where, bound: number, window: Window): Value => ({
  kind: 'above',
  metric,
  where,
  bound,
  window,
});
export const ratio = (part: Value, of: Value): Value => ({ kind: 'ratio', part, of });
export const is = (value: Value, how: '>' | '>=' | '==', than: number): Condition => ({
  kind: 'compare',
  value,
  is: how,
  than,
});
export const all = (...of: Condition[]): Condition => ({ kind: 'all', of });
export const any = (...of: Condition[]): Condition => ({ kind: 'any', of });
