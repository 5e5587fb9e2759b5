/** Names of Vitrine's metrics in an expression; of a histogram's parts that of the histogram. */
export function metricsIn(expression: string): string[] {
  return (expression.match(/\bvitrine_\w+/g) ?? []).map((name) => name.replace(/_(?:bucket|sum|count)$/, ''));
}
