import { useState } from 'preact/hooks';
import { wordsOf } from '../base/client.ts';
import { html } from '../base/html.ts';
import { aboutWords, type Found, olderEvents, type TimelineEvent } from './model.ts';

/** What he did, the newest first, over all of his devices. */
export function TimelineView({ found }: { readonly found: Found }) {
  const first = found.person.timeline;
  const [events, setEvents] = useState<readonly TimelineEvent[]>(first?.events ?? []);
  const [before, setBefore] = useState<number | null>(first?.before ?? null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const more = async () => {
    if (before === null) return;
    setBusy(true);
    try {
      const older = await olderEvents(found, before);
      const known = new Set(events.map(({ id }) => id));
      setEvents([...events, ...older.events.filter(({ id }) => !known.has(id))]);
      setBefore(older.before);
      setError('');
    } catch (fault) {
      setError(wordsOf(fault));
    }
    setBusy(false);
  };
  const devices = new Set(events.map(({ anonymousId }) => anonymousId));
  return html`<section class="card" aria-labelledby="timeline"><h2 id="timeline">What he did</h2>
${events.length === 0 && html`<p class="muted">Nothing that is in the lake: what has come within the last seconds is not there yet, and old events are kept as long as the site says.</p>`}
<ul class="live">${events.map((event) => html`<${Line} key=${event.id} event=${event} names=${devices.size > 1} />`)}</ul>
<p class="error" role="alert">${error}</p>
${before !== null && html`<button type="button" disabled=${busy} onClick=${more}>Older events</button>`}</section>`;
}

function Line({ event, names }: { readonly event: TimelineEvent; readonly names: boolean }) {
  const { at, type, id, anonymousId, userId, page, device, browser, properties, receivedAt } = event;
  const rows: readonly (readonly [string, string | null])[] = [
    ['Id', id],
    ['Came', new Date(receivedAt).toLocaleString()],
    ['User', userId],
    ['Anonymous id', anonymousId],
    ['Page', page],
    ['Device', [device, browser].filter(Boolean).join(', ') || null],
  ];
  return html`<li><details><summary><time datetime=${new Date(at).toISOString()}>${new Date(at).toLocaleString()}</time>
<b>${type}</b> <span>${aboutWords(event)}</span>${names && html` <span class="muted who">${anonymousId ?? 'a server'}</span>`}</summary>
<dl>${rows.map(([name, value]) => value !== null && html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
<pre class="code" tabindex="0">${JSON.stringify(properties, null, 2)}</pre></details></li>`;
}
