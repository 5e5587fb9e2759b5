import { html } from '../base/html.ts';
import { intervalWords, type Interval as Range } from './model.ts';

const WIDTH = 240;
const HEIGHT = 28;
const MIDDLE = HEIGHT / 2;

/** An interval as a picture: a bar from its low to its high end, a line at nothing, a dot at the estimate. `reach`: what the width holds on each side. */
export function Interval({ range, reach }: { readonly range: Range; readonly reach: number }) {
  const at = (value: number) => ((Math.max(-reach, Math.min(reach, value)) / (reach || 1)) * 0.46 + 0.5) * WIDTH;
  const { low, high, value } = range;
  const kind = low > 0 ? 'good' : high < 0 ? 'bad' : 'open';
  return html`<svg class="interval ${kind}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${intervalWords(range)} preserveAspectRatio="none">
<line class="zero" x1=${WIDTH / 2} x2=${WIDTH / 2} y1="0" y2=${HEIGHT} />
<rect class="range" x=${at(low)} width=${Math.max(2, at(high) - at(low))} y=${MIDDLE - 5} height="10" rx="5" />
<line class="value" x1=${at(value)} x2=${at(value)} y1=${MIDDLE - 8} y2=${MIDDLE + 8} /></svg>`;
}
