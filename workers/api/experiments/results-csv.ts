import type { Results } from '../../../core/experiments/results.ts';
import { METRICS } from '../../../core/experiments/sums.ts';

const HEAD =
  'variant,visitors,metric,total,mean,difference,difference_low,difference_high,uplift,uplift_low,uplift_high';

/** Results as CSV (RFC 4180): a line a variant and metric. No value holds a comma: names are letters, digits, "-" and "_". */
export function resultsCsv({ variants }: Results): string {
  const lines = variants.flatMap(({ name, visitors, totals, means, against }) =>
    METRICS.map((metric) => {
      const of = [against?.difference[metric], against?.uplift[metric]].flatMap((estimate): readonly (number | '')[] =>
        estimate ? [estimate.value, estimate.low, estimate.high] : ['', '', ''],
      );
      return [name, visitors, metric, totals[metric], means[metric], ...of].join(',');
    }),
  );
  return `${[HEAD, ...lines].join('\r\n')}\r\n`;
}
