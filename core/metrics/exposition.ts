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
  private readonly series = new Map<MetricName, string[]>();

  constructor(site: string) {
    this.site = site;
  }

  /** Adds one series; a flag is 1 or 0. */
  set<Name extends MetricName>(name: Name, labels: LabelsOf<Name>, value: number | boolean): this {
    const all = Object.entries({ site: this.site, ...labels } as Record<string, string>);
    const line = `${name}{${all.map(([label, text]) => `${label}="${escaped(text)}"`).join(',')}} ${Number(value)}`;
    this.series.set(name, [...(this.series.get(name) ?? []), line]);
    return this;
  }

  text(): string {
    const names = Object.keys(METRICS) as MetricName[];
    return names
      .flatMap((name) => {
        const lines = this.series.get(name) ?? [];
        return lines.length === 0
          ? []
          : [`# HELP ${name} ${METRICS[name].help}`, `# TYPE ${name} ${METRICS[name].type}`, ...lines];
      })
      .map((line) => `${line}\n`)
      .join('');
  }
}

/** A label's value: backslash, quote and line end are written as escapes. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
