import { html } from '../base/html.ts';
import { timeWords } from '../parts/time-words.ts';
import type { OddEvent, OddMinute } from './model.ts';

/** What a feature is called. */
const FEATURES: Readonly<Record<string, string>> = {
  products: 'number of products',
  together: 'number of events sent together',
};

/** Events whose numbers are unlike those of others of their type, the newest first. */
export function OddList({ odd }: { readonly odd: readonly OddEvent[] }) {
  if (odd.length === 0)
    return html`<p class="muted">None. A model of each type's prices, quantities and totals is made each hour, once a few hundred events have come.</p>`;
  return html`<ul class="alarms">${odd.map(
    ({ id, type, at, features }) =>
      html`<li key=${id}><b>${type}</b> <code>${id}</code> <time datetime=${at}>${timeWords(at)}</time><br /><span>${features
        .map(({ feature, value, usual }) => `${FEATURES[feature] ?? feature} ${said(value)}, usually ${said(usual)}`)
        .join('; ')}</span></li>`,
  )}</ul>`;
}

/** Minutes in which much was a little off at once, the newest first. */
export function OddMinutes({ minutes }: { readonly minutes: readonly OddMinute[] }) {
  return html`<ul class="alarms">${minutes.map(
    ({ at, features }) =>
      html`<li key=${at}><time datetime=${at}>${timeWords(at)}</time> <span>${features
        .map(({ series, by }) => `${series.replaceAll('|', ' ')} ${by > 0 ? '+' : '−'}${Math.abs(by)} σ`)
        .join('; ')}</span></li>`,
  )}</ul>`;
}

function said(value: number | null): string {
  return value === null ? 'none' : value.toLocaleString();
}
