import { BURN_WINDOWS, OBJECTIVES, recordedPart } from '../../core/alerts/objectives.ts';
import { conditionQuery, valueQuery } from '../../core/alerts/promql.ts';
import { ALERT_RULES, type AlertRule } from '../../core/alerts/rules.ts';

/** A rule as Prometheus looks at it. */
export interface PrometheusRule extends Omit<AlertRule, 'when'> {
  readonly expression: string;
}

/** All rules: those that are looked at where there is no Prometheus as well, and what only who scrapes can see. */
export const PROMETHEUS_RULES: readonly PrometheusRule[] = [
  ...ALERT_RULES.map(({ when, ...rule }) => ({ ...rule, expression: conditionQuery(when) })),
  {
    name: 'VitrineScrapeGone',
    expression: 'up{job="vitrine"} == 0',
    for: '5m',
    severity: 'page',
    summary: 'Vitrine does not answer {{ $labels.instance }}/metrics.',
  },
];

/** The part of each objective over each window, under the name that Prometheus keeps it by. */
export const RECORDING_RULES: readonly { readonly record: string; readonly expression: string }[] = OBJECTIVES.flatMap(
  (objective) =>
    BURN_WINDOWS.map((window) => {
      const { name, value } = recordedPart(objective, window);
      return { record: name, expression: valueQuery(value) };
    }),
);
