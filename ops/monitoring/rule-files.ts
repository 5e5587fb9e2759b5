import { stringify } from 'yaml';
import { runbookOf } from '../../core/alerts/rules.ts';
import { PROMETHEUS_RULES, type PrometheusRule, RECORDING_RULES } from './prometheus-rules.ts';
import { RULE_CASES, type RuleCase } from './rule-cases.ts';

const HEAD = '# Made by npm run ops:check -- --write from ops/monitoring/; what is changed here is overwritten.\n';
/** Where runbooks are read, for who gets the alert; a shop may point it to its own copy. */
const RUNBOOKS = 'docs/runbooks';

/** The rules as Prometheus loads them. */
export function rulesFile(): string {
  const groups = [
    { name: 'vitrine-ratios', rules: RECORDING_RULES.map(({ record, expression }) => ({ record, expr: expression })) },
    { name: 'vitrine-alerts', rules: PROMETHEUS_RULES.map(ruleOf) },
  ];
  return `${HEAD}${stringify({ groups }, { lineWidth: 0 })}`;
}

function ruleOf(rule: PrometheusRule) {
  return {
    alert: rule.name,
    expr: rule.expression,
    for: rule.for,
    labels: { severity: rule.severity },
    annotations: { summary: rule.summary, runbook_url: `${RUNBOOKS}/${runbookOf(rule)}.md` },
  };
}

/** The cases of the rules as `promtool test rules` runs them; `rules` is the name of their file. */
export function ruleTestsFile(rules: string): string {
  const tests = PROMETHEUS_RULES.flatMap((rule) => {
    const cases = RULE_CASES[rule.name];
    return cases ? [caseOf(rule, 'fires', cases.fires), caseOf(rule, 'is quiet', cases.quiet)] : [];
  });
  return `${HEAD}${stringify({ rule_files: [rules], evaluation_interval: '5m', tests }, { lineWidth: 0 })}`;
}

function caseOf(rule: PrometheusRule, what: string, { input, atMinute }: RuleCase) {
  return {
    name: `${rule.name} ${what}`,
    interval: '1m',
    input_series: Object.entries(input).map(([series, values]) => ({ series, values })),
    promql_expr_test: [
      {
        // Whether it stands, whatever its words are.
        expr: `count(ALERTS{alertname="${rule.name}",alertstate="firing"}) or vector(0)`,
        eval_time: `${atMinute}m`,
        exp_samples: [{ labels: '{}', value: what === 'fires' ? 1 : 0 }],
      },
    ],
  };
}
