import { readdirSync } from 'node:fs';
import { runbookOf } from '../../core/alerts/rules.ts';
import { METRICS } from '../../core/metrics/catalogue.ts';
import { dashboardExpressions } from './dashboards.ts';
import { metricsIn } from './expressions.ts';
import { PROMETHEUS_RULES, RECORDING_RULES } from './prometheus-rules.ts';
import { RULE_CASES } from './rule-cases.ts';

/**
 * What does not go together, a line each: metrics that a rule or a dashboard names and nobody sets, those that are set and nobody looks at, alerts without
 * a runbook, and runbooks without an alert.
 *
 * @param runbooks their folder.
 * @param extra expressions that are looked at besides.
 */
export function nameFaults(runbooks: string, extra: readonly string[] = []): string[] {
  const expressions = [
    ...RECORDING_RULES.map(({ expression }) => expression),
    ...PROMETHEUS_RULES.map(({ expression }) => expression),
    ...dashboardExpressions(),
    ...extra,
  ];
  const named = new Set(expressions.flatMap(metricsIn).filter((name) => name !== 'vitrine'));
  const known = new Set(Object.keys(METRICS));
  const pages = new Set(readdirSync(runbooks).filter((file) => file.endsWith('.md')));
  const wanted = new Set(PROMETHEUS_RULES.map((rule) => `${runbookOf(rule)}.md`));
  return [
    ...[...named]
      .filter((name) => !known.has(name))
      .map((name) => `${name}: is named, and is no metric of the catalogue`),
    ...[...known]
      .filter((name) => !named.has(name))
      .map((name) => `${name}: is set, and no rule or dashboard looks at it`),
    ...PROMETHEUS_RULES.filter(({ name }) => !Object.hasOwn(RULE_CASES, name)).map(
      ({ name }) => `${name}: has no case in which it fires, and none in which it is quiet`,
    ),
    ...[...wanted].filter((page) => !pages.has(page)).map((page) => `${runbooks}/${page}: an alert has no runbook`),
    ...[...pages].filter((page) => !wanted.has(page)).map((page) => `${runbooks}/${page}: a runbook has no alert`),
  ];
}
