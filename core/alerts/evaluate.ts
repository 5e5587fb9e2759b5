import type { MetricName } from '../metrics/catalogue.ts';
import type { Condition, Value, Where, Window } from './condition.ts';

/** Labels of a series, without its site. */
export type Labels = Readonly<Record<string, string>>;

/** A gauge as it is now. */
export interface GaugeSample {
  readonly metric: MetricName;
  readonly labels: Labels;
  readonly value: number;
}

/** What there is to look at of one site. */
export interface Samples {
  /** ms since 1970. */
  readonly now: number;
  readonly gauges: readonly GaugeSample[];
  /** Whether, and by how much, the counters that have such labels have grown between two times, ms since 1970; of a histogram, `above` its bound. */
  increase(metric: MetricName, where: Where, from: number, to: number, above?: number): number;
}

/** A series for which a condition holds, and the value that it has. */
export interface Match {
  readonly labels: Labels;
  readonly value: number;
}

const MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** ms of a window, or of how long a rule must hold: `15m`. */
export function windowMs(window: string): number {
  return Number.parseInt(window, 10) * (MS[window.at(-1) ?? ''] ?? 0);
}

/** For what a condition holds: as Prometheus would find it with the same numbers (https://prometheus.io/docs/prometheus/latest/querying/operators/). */
export function evaluate(condition: Condition, samples: Samples): readonly Match[] {
  switch (condition.kind) {
    case 'compare':
      return valuesOf(condition.value, samples).filter(({ value }) => holds(value, condition.is, condition.than));
    case 'all': {
      const [first = [], ...others] = condition.of.map((one) => evaluate(one, samples));
      return others.every((matches) => matches.length > 0) ? first : [];
    }
    case 'any': {
      const found = new Map<string, Match>();
      for (const match of condition.of.flatMap((one) => evaluate(one, samples))) {
        const key = labelsKey(match.labels);
        if (!found.has(key)) found.set(key, match);
      }
      return [...found.values()];
    }
  }
}

function holds(value: number, is: '>' | '>=' | '==', than: number): boolean {
  if (is === '==') return value === than;
  return is === '>' ? value > than : value >= than;
}

function valuesOf(value: Value, samples: Samples): readonly Match[] {
  switch (value.kind) {
    case 'gauge':
      return gaugesOf(value.metric, value.where, samples);
    case 'age':
      return gaugesOf(value.metric, value.where, samples).map((match) => ({
        ...match,
        value: samples.now / 1_000 - match.value,
      }));
    case 'recorded':
      return valuesOf(value.value, samples);
    default: {
      const found = numberOf(value, samples);
      // What is parts of nothing is nothing.
      return Number.isFinite(found) ? [{ labels: {}, value: found }] : [];
    }
  }
}

function numberOf(value: Value, samples: Samples): number {
  switch (value.kind) {
    case 'rate': {
      const { metric, where, window, ago } = value;
      return grown(samples, metric, where, window, ago) / (windowMs(window) / 1_000);
    }
    case 'above': {
      const { metric, where, window, bound } = value;
      return grown(samples, metric, where, window, undefined, bound) / grown(samples, metric, where, window, undefined);
    }
    case 'ratio':
      return numberOf(value.part, samples) / numberOf(value.of, samples);
    default:
      return valuesOf(value, samples)[0]?.value ?? Number.NaN;
  }
}

function grown(
  { now, increase }: Samples,
  metric: MetricName,
  where: Where,
  window: Window,
  ago: Window | undefined,
  above?: number,
): number {
  const to = ago === undefined ? now : now - windowMs(ago);
  return increase(metric, where, to - windowMs(window), to, above);
}

function gaugesOf(metric: MetricName, where: Where, { gauges }: Samples): readonly Match[] {
  return gauges.filter((sample) => sample.metric === metric && fits(sample.labels, where));
}

/** What tells two sets of labels apart. */
export function labelsKey(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether labels are as they must be. */
export function fits(labels: Labels, where: Where): boolean {
  return Object.entries(where).every(([label, wanted]) => {
    const value = labels[label];
    return value !== undefined && (typeof wanted === 'string' ? value === wanted : wanted.includes(value));
  });
}
