import { html } from '../base/html.ts';
import { timeWords } from '../parts/time-words.ts';
import type { Alert } from './model.ts';

/** Rules that hold: those that call somebody first. */
export function AlertList({ alerts }: { readonly alerts: readonly Alert[] }) {
  if (alerts.length === 0) return html`<p class="muted">No rule holds. They are looked at each minute.</p>`;
  const sorted = alerts.toSorted((a, b) => rank(a) - rank(b) || (a.since < b.since ? -1 : 1));
  return html`<ul class="alarms">${sorted.map(
    (alert) =>
      html`<li key=${`${alert.rule}${JSON.stringify(alert.labels)}`} class="alert"><span class=${`mark ${alert.firedAt !== null && alert.severity === 'page' ? 'bad' : ''}`}>${stateOf(alert)}</span> <span>${alert.summary}</span> <span class="muted">${alert.rule}, since <time datetime=${alert.since}>${timeWords(alert.since)}</time></span></li>`,
  )}</ul>`;
}

function rank({ firedAt, severity }: Alert): number {
  return (firedAt === null ? 2 : 0) + (severity === 'page' ? 0 : 1);
}

function stateOf({ firedAt, severity }: Alert): string {
  return firedAt === null ? 'pending' : severity;
}
