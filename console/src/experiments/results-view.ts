import { useState } from 'preact/hooks';
import type { Metric } from '../../../core/experiments/sums.ts';
import { html } from '../base/html.ts';
import { SelectField } from '../parts/field.ts';
import { Interval } from './interval.ts';
import {
  type Experiment,
  type ExperimentResults,
  intervalWords,
  METRIC_NAMES,
  meanWords,
  percentWords,
  VERDICT_NAMES,
} from './model.ts';
import { OverTime } from './over-time.ts';

interface ResultsProps {
  readonly experiment: Experiment;
  readonly results: ExperimentResults;
}

/** What an experiment has found: the verdict, the variants side by side, and how it came to be known. */
export function ResultsView({ experiment, results }: ResultsProps) {
  const { definition } = experiment;
  const [metric, setMetric] = useState<Metric>(definition.goal);
  const [variant, setVariant] = useState(1);
  const { sampleRatio, verdict, words, visitors } = results;
  const mood = verdict === 'better' ? 'good' : verdict === 'sample_ratio' ? 'bad' : '';
  const name = definition.variants[variant]?.name ?? '';
  return html`<div class="results">
<div class="finding ${mood}" role="status"><p class="finding-name">${VERDICT_NAMES[verdict]}</p><p>${words}</p></div>
<dl class="facts"><div><dt>Visitors</dt><dd>${visitors.toLocaleString()}</dd></div>
<div><dt>Their shares</dt><dd>${definition.allocation === 'bandit' ? definition.variants.map(({ name, weight }) => `${name} ${percentWords(weight / definition.variants.reduce((sum, one) => sum + one.weight, 0), false)}`).join(', ') : sampleRatio.ok ? html`<span class="mark good">as meant</span>` : html`<span class="mark bad">not as meant</span>`}</dd></div>
<div><dt>About</dt><dd>${METRIC_NAMES[definition.goal].toLowerCase()}</dd></div></dl>
<${SelectField} label="Compare by" value=${metric} options=${Object.entries(METRIC_NAMES)} change=${(next: string) => setMetric(next as Metric)} />
<${Variants} results=${results} metric=${metric} />
<p class="help">The bars hold the truth at every look, in 95 of 100 experiments: look as often as you like.</p>
<h3>Over time</h3>
${
  definition.variants.length > 2 &&
  html`<${SelectField} label="Variant" value=${String(variant)} options=${definition.variants.slice(1).map((one, at) => [String(at + 1), one.name])} change=${(next: string) => setVariant(Number(next))} />`
}
<${OverTime} looks=${results.looks} variant=${variant} name=${name} goal=${definition.goal} />
<${Days} results=${results} />
<p><a href=${`/api/experiments/${experiment.number}/results?format=csv`} download=${`${definition.name}.csv`}>Download as CSV</a></p></div>`;
}

/** The variants side by side: how many came, what they did, and by how much that is more or less than the first. */
function Variants({ results, metric }: { readonly results: ExperimentResults; readonly metric: Metric }) {
  const { variants, currency } = results;
  const ranges = variants.flatMap(({ against }) => against?.uplift[metric] ?? []);
  const reach = Math.min(1, Math.max(0.02, ...ranges.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)])));
  return html`<table class="variants"><thead><tr><th scope="col">Variant</th><th scope="col" class="number">Visitors</th><th scope="col" class="number">${METRIC_NAMES[metric]}</th><th scope="col" class="against">Against the first</th></tr></thead>
<tbody>${variants.map(({ name, visitors, mixed, means, against }) => {
    const range = against?.uplift[metric];
    return html`<tr key=${name}><th scope="row">${name}${against?.harmful && html` <span class="mark bad">harmful</span>`}</th>
<td class="number" data-label="Visitors">${visitors.toLocaleString()}${mixed > 0 && html`<small>${mixed.toLocaleString()} saw another too</small>`}</td>
<td class="number" data-label=${METRIC_NAMES[metric]}>${meanWords(metric, means[metric], currency)}</td>
<td class="against">${
      against === null
        ? html`<span class="muted">what the others are held against</span>`
        : !range
          ? html`<span class="muted">nothing to compare yet</span>`
          : against.verdict === 'collecting'
            ? html`<span class="muted">${percentWords(range.value)} so far, which means nothing yet</span>`
            : html`<${Interval} range=${range} reach=${reach} /><small>${intervalWords(range)}</small>`
    }</td></tr>`;
  })}</tbody></table>`;
}

/** By the day of the first impression, so that a novelty that wears off is seen. */
function Days({ results }: { readonly results: ExperimentResults }) {
  if (results.days.length === 0) return null;
  return html`<details><summary>By the day that visitors first saw it</summary><div class="wide"><table class="days"><thead><tr><th scope="col">Day</th>${results.variants.map(({ name }) => html`<th scope="col" class="number" key=${name}>${name}</th>`)}</tr></thead>
<tbody>${results.days.map(
    ({ day, variants }) =>
      html`<tr key=${day}><th scope="row">${day}</th>${variants.map(({ visitors, converted }) => html`<td class="number">${visitors === 0 ? '–' : `${percentWords(converted / visitors, false)} of ${visitors.toLocaleString()}`}</td>`)}</tr>`,
  )}</tbody></table></div></details>`;
}
