import { type LabelsOf, METRICS, type MetricName } from './catalogue.ts';

/** The media type of the text format, version 0.0.4. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * A page of metrics of one site in Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/), in the order of the
 * catalogue.
 *
 * @example
 * new Exposition('shop').set('vitrine_model_sessions', {}, 12).text();
 */
export class Exposition {
  private readonly site: string;
  private readonly series = new Map<MetricName, Sample[]>();

  constructor(site: string) {
    this.site = site;
  }

  /** Adds one series; a flag is 1 or 0. */
  set<Name extends MetricName>(name: Name, labels: LabelsOf<Name>, value: number | boolean): this {
    this.add(name, { suffix: '', labels, value: Number(value) });
    return this;
  }

  private add(name: MetricName, sample: Sample): void {
    const samples = this.series.get(name);
    if (samples) samples.push(sample);
    else this.series.set(name, [sample]);
  }

  /** The gauges of the page, without the label of their site. */
  gauges(): {
    readonly metric: MetricName;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[] {
    return [...this.series]
      .filter(([metric]) => METRICS[metric].type === 'gauge')
      .flatMap(([metric, samples]) => samples.map(({ labels, value }) => ({ metric, labels, value })));
  }

  /**
   * Adds one histogram.
   *
   * @param bounds upper bounds of its buckets, rising, in the metric's unit.
   * @param counts how many fell into each, not cumulated; one more than there are bounds: the last is of what is beyond all.
   * @param sum of all that was measured.
   */
  histogram<Name extends MetricName>(
    name: Name,
    labels: LabelsOf<Name>,
    bounds: readonly number[],
    counts: readonly number[],
    sum: number,
  ): this {
    let below = 0;
    for (const [index, by] of counts.entries()) {
      below += by;
      this.add(name, { suffix: '_bucket', labels: { ...labels, le: `${bounds[index] ?? '+Inf'}` }, value: below });
    }
    this.add(name, { suffix: '_sum', labels, value: sum });
    this.add(name, { suffix: '_count', labels, value: below });
    return this;
  }

  text(): string {
    const names = Object.keys(METRICS) as MetricName[];
    return names
      .flatMap((name) => {
        const samples = this.series.get(name) ?? [];
        return samples.length === 0
          ? []
          : [
              `# HELP ${name} ${METRICS[name].help}`,
              `# TYPE ${name} ${METRICS[name].type}`,
              ...samples.map((sample) => this.lineOf(name, sample)),
            ];
      })
      .map((line) => `${line}\n`)
      .join('');
  }

  private lineOf(name: MetricName, { suffix, labels, value }: Sample): string {
    const all = Object.entries({ site: this.site, ...labels });
    return `${name}${suffix}{${all.map(([label, text]) => `${label}="${escaped(text)}"`).join(',')}} ${value}`;
  }
}

interface Sample {
  readonly suffix: '' | '_bucket' | '_sum' | '_count';
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A label's value: backslash, quote and line end are written as escapes. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
