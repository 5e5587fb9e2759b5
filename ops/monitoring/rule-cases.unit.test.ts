import { describe, it } from 'vitest';
import { fits, type GaugeSample, type Samples } from '../../core/alerts/evaluate.ts';
import { ALERT_RULES } from '../../core/alerts/rules.ts';
import { lookAt, type StandingAlert } from '../../core/alerts/standing.ts';
import { METRICS, type MetricName } from '../../core/metrics/catalogue.ts';
import { RULE_CASES, type RuleCase } from './rule-cases.ts';

const MINUTE_MS = 60_000;

interface Series {
  readonly metric: MetricName;
  readonly suffix: string;
  readonly labels: Record<string, string>;
  readonly values: readonly number[];
}

/** promtool's notation: `0+2x3` is 0 2 4 6, `1x2` is 1 1 1. */
function valuesOf(notation: string): number[] {
  return notation.split(' ').flatMap((part) => {
    const [, from = '', step, times] = /^(-?\d+)(\+\d+)?(?:x(\d+))?$/.exec(part) ?? [];
    return Array.from({ length: Number(times ?? 0) + 1 }, (_, index) => Number(from) + index * Number(step ?? 0));
  });
}

function seriesOf({ input }: RuleCase): Series[] {
  return Object.entries(input).map(([name, notation]) => {
    const [, full = '', inside = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(name) ?? [];
    const [, metric, suffix = ''] = /^(.*?)(_bucket|_count)?$/.exec(full) ?? [];
    const { site: _, ...labels } = Object.fromEntries(
      [...inside.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', value = '']) => [label, value]),
    );
    return { metric: metric as MetricName, suffix, labels, values: valuesOf(notation) };
  });
}

function samplesAt(series: readonly Series[], minute: number): Samples {
  const valueAt = ({ values }: Series, at: number) => values[Math.max(0, Math.min(at, values.length - 1))] ?? 0;
  const gauges = series.flatMap((one): GaugeSample[] =>
    METRICS[one.metric].type === 'gauge'
      ? [{ metric: one.metric, labels: one.labels, value: valueAt(one, minute) }]
      : [],
  );
  const grown = (one: Series, from: number, to: number) =>
    valueAt(one, Math.floor(to / MINUTE_MS)) - valueAt(one, Math.floor(from / MINUTE_MS));
  return {
    now: minute * MINUTE_MS,
    gauges,
    increase: (metric, where, from, to, above) => {
      let sum = 0;
      for (const one of series) {
        const { le, ...labels } = one.labels;
        if (one.metric !== metric || !fits(labels, where)) continue;
        if (one.suffix === '_bucket' && above !== undefined && Number(le) === above) sum -= grown(one, from, to);
        if (one.suffix !== '_bucket') sum += grown(one, from, to);
      }
      return sum;
    },
  };
}

/** Whether a rule fires in a case at its minute, looked at each minute as the job does. */
function fires(name: string, one: RuleCase): boolean {
  const rules = ALERT_RULES.filter((rule) => rule.name === name);
  const series = seriesOf(one);
  let standing: readonly StandingAlert[] = [];
  for (let minute = 0; minute <= one.atMinute; minute += 1)
    standing = lookAt(rules, samplesAt(series, minute), 'shop', standing).standing;
  return standing.some(({ firedAt }) => firedAt !== null);
}

describe('the rules where there is no Prometheus', () => {
  it.for(ALERT_RULES.map(({ name }) => name))('%s fires and is quiet as promtool finds it', (name, { expect }) => {
    const cases = RULE_CASES[name];
    expect(cases && [fires(name, cases.fires), fires(name, cases.quiet)]).toEqual([true, false]);
  });
});
