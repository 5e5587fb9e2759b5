import { stringify } from 'yaml';
import { runbookOf } from '../../core/alerts/rules.ts';
import { PROMETHEUS_RULES, type PrometheusRule, RECORDING_RULES } from './prometheus-rules.ts';
import { RULE_CASES, type RuleCase } from './rule-cases.ts';

const HEAD = '# Made by npm run ops:check -- --write from ops/monitoring/; what is changed here is overwritten.\n';
/** The groups of rules: what is kept of each objective, and what reads it. */
const RATIOS = 'vitrine-ratios';
const ALERTS = 'vitrine-alerts';
/** Where runbooks are read, for who gets the alert; a shop may point it to its own copy. */
const RUNBOOKS = 'docs/runbooks';

/** The rules as Prometheus loads them. */
export function rulesFile(): string {
  const groups = [
    { name: RATIOS, rules: RECORDING_RULES.map(({ record, expression }) => ({ record, expr: expression })) },
    { name: ALERTS, rules: PROMETHEUS_RULES.map(ruleOf) },
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

/** The cases of the rules as `promtool test rules` runs them, each a site of its own in one run; `rules` is the name of their file. */
export function ruleTestsFile(rules: string): string {
  const cases = PROMETHEUS_RULES.flatMap((rule) => {
    const { fires, quiet } = RULE_CASES[rule.name] ?? {};
    return fires && quiet ? [caseOf(rule, 'fires', fires), caseOf(rule, 'is-quiet', quiet)] : [];
  });
  const test = {
    interval: '1m',
    input_series: cases.flatMap(({ series }) => series),
    promql_expr_test: cases.map(({ expectation }) => expectation),
  };
  // As Prometheus has them in the file; without it promtool looks at alerts before what they read, or after, as it comes.
  const order = { group_eval_order: [RATIOS, ALERTS] };
  return `${HEAD}${stringify({ rule_files: [rules], evaluation_interval: '2m', ...order, tests: [test] }, { lineWidth: 0 })}`;
}

function caseOf({ name }: PrometheusRule, what: 'fires' | 'is-quiet', { input, atMinute }: RuleCase) {
  const own = `${name}-${what}`;
  return {
    series: Object.entries(input).map(([series, values]) => ({ series: series.replaceAll('shop', own), values })),
    expectation: {
      // Whether it stands, whatever its words are. What has no site has an instance.
      expr: `count(ALERTS{alertname="${name}",alertstate="firing",site=~"(${own})?",instance=~"(v.${own}.example)?"}) or vector(0)`,
      eval_time: `${atMinute}m`,
      exp_samples: [{ labels: '{}', value: what === 'fires' ? 1 : 0 }],
    },
  };
}
