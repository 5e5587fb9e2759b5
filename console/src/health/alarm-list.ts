import { alarmWords } from '../../../core/pulse/alarm-words.ts';
import { html } from '../base/html.ts';
import { timeWords } from '../parts/time-words.ts';
import type { Alarm } from './model.ts';

/** Alarms, those that last first. */
export function AlarmList({
  alarms,
  accept,
}: {
  readonly alarms: readonly Alarm[];
  readonly accept: (series: string) => void;
}) {
  if (alarms.length === 0)
    return html`<p class="muted">Nothing, since the site is watched. What changes in the share of a type, a property, a browser or a reason stands here within minutes, with events that show it.</p>`;
  const sorted = alarms.toSorted((a, b) => Number(a.endedAt !== null) - Number(b.endedAt !== null));
  return html`<ul class="alarms">${sorted.map((alarm) => html`<${AlarmItem} key=${alarm.id} alarm=${alarm} accept=${accept} />`)}</ul>`;
}

function AlarmItem({ alarm, accept }: { readonly alarm: Alarm; readonly accept: (series: string) => void }) {
  const { series, since, toldAt, endedAt, examples } = alarm;
  return html`<li class=${endedAt === null ? 'open' : ''}><details><summary>
<span class=${`mark ${endedAt === null ? 'bad' : ''}`}>${endedAt === null ? 'now' : 'ended'}</span> <span>${alarmWords(alarm)}</span> <time datetime=${since}>since ${timeWords(since)}</time></summary>
<dl><dt>Began</dt><dd>${timeWords(since)}</dd><dt>Told</dt><dd>${timeWords(toldAt)}</dd>${endedAt !== null && html`<dt>Ended</dt><dd>${timeWords(endedAt)}</dd>`}
<dt>Events</dt><dd>${examples.length === 0 ? 'none' : examples.map((id) => html`<code key=${id}>${id}</code> `)}</dd></dl>${endedAt === null && html`<button type="button" class="small" onClick=${() => accept(series)}>This is usual from now on</button>`}</details></li>`;
}
