import { METRICS, type MetricName } from '../../core/metrics/catalogue.ts';

/** Labels that a series must have, as PromQL compares them: `=failed` or `=~a|b`. */
type Matchers = Readonly<Record<string, string>>;

/** A series of the catalogue in PromQL: nothing that is not in it can be written. */
export function series(name: MetricName, matchers: Matchers = {}): string {
  const known: readonly string[] = ['site', ...METRICS[name].labels];
  const parts = Object.entries(matchers).map(([label, match]) => {
    if (!known.includes(label)) throw new Error(`${name} has no label "${label}", but ${known.join(', ')}`);
    const [, operator = '=', value = ''] = /^(=~|!=|!~|=)?(.*)$/.exec(match) ?? [];
    return `${label}${operator}"${value}"`;
  });
  return parts.length === 0 ? name : `${name}{${parts.join(',')}}`;
}

/** Names of Vitrine's metrics in an expression. */
export function metricsIn(expression: string): string[] {
  return expression.match(/\bvitrine_\w+/g) ?? [];
}
