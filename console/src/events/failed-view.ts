import { useEffect, useState } from 'preact/hooks';
import { call, wordsOf } from '../base/client.ts';
import { html } from '../base/html.ts';
import { type Cause, causeWords, type Failed, outcomeWords, type Retried } from './model.ts';

/** Events that are listed, and sent in again, at once. */
const AT_ONCE = 200;

/** The failed events of one cause: what each was told, what it was, and the way back in. */
export function FailedView({ cause, changed }: { readonly cause: Cause; readonly changed: () => void }) {
  const [events, setEvents] = useState<readonly Failed[] | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const [words, setWords] = useState('');
  const [error, setError] = useState('');
  const { reason, path, type } = cause;
  const read = () => {
    const query = new URLSearchParams({ reason, path, limit: String(AT_ONCE), ...(type !== null && { type }) });
    return call<{ events: Failed[] }>('GET', `/api/failed-events?${query}`).then(
      (page) => setEvents(page.events),
      (fault) => setError(wordsOf(fault)),
    );
  };
  useEffect(() => void read(), []);
  const again = async (dryRun: boolean) => {
    setBusy(true);
    setError('');
    try {
      const body = reason === 'dead_letter' ? undefined : { dryRun, events: events?.map(({ key }) => ({ key })) };
      if (body) {
        const { events: outcomes } = await call<{ events: Retried[] }>('POST', '/api/failed-events/retry', body);
        setWords(outcomeWords(outcomes, dryRun));
      } else {
        const { recovered } = await call<{ recovered: number }>('POST', '/api/failed-events/recover');
        setWords(`${recovered.toLocaleString()} messages are under way again.`);
      }
      if (!dryRun) {
        await read();
        changed();
      }
    } catch (fault) {
      setError(wordsOf(fault));
    }
    setBusy(false);
  };
  const none = busy || !events?.length;
  return html`<h2>${causeWords(cause)}</h2>
<p class="muted">${type ?? 'of no type'}, ${cause.events === 1 ? '1 event' : `${cause.events.toLocaleString()} events`}, from ${new Date(cause.firstAt).toLocaleString()} to ${new Date(cause.lastAt).toLocaleString()}</p>
<div class="actions">${reason !== 'dead_letter' && html`<button type="button" disabled=${none} onClick=${() => again(true)}>What would become of them</button>`}
<button type="button" disabled=${none} onClick=${() => again(false)}>Send in again</button></div>
<p role="status">${words}</p><p class="error" role="alert">${error}</p>
${events === undefined && html`<p class="waiting" role="status">Loading …</p>`}
<ul class="failed">${events?.map(
    ({ key, id, failedAt, message, event }) =>
      html`<li key=${key}><details><summary><b>${id ?? 'no id'}</b> <time datetime=${failedAt}>${new Date(failedAt).toLocaleString()}</time> <span class="bad">${message}</span></summary><pre class="code" tabindex="0">${JSON.stringify(event, null, 2)}</pre></details></li>`,
  )}</ul>
${cause.events > AT_ONCE && html`<p class="muted">These are the first ${AT_ONCE}. <code>npm run recover</code> takes all of them, and mends them by a patch.</p>`}`;
}
