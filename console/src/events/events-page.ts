import { useEffect, useState } from 'preact/hooks';
import { call, wordsOf } from '../base/client.ts';
import { html } from '../base/html.ts';
import { follow, usePlace } from '../base/router.ts';
import { FailedView } from './failed-view.ts';
import { addressOf, type Cause, causeWords } from './model.ts';
import { WatchPage } from './watch-page.ts';

/** What comes in: a link that shows what becomes of a page's events, and those that failed, by their cause. */
export function EventsPage() {
  const { query } = usePlace();
  const [causes, setCauses] = useState<readonly Cause[] | undefined>(undefined);
  const [error, setError] = useState('');
  const read = () =>
    call<{ causes: Cause[] }>('GET', '/api/failed-events/causes').then(
      (found) => setCauses(found.causes),
      (fault) => setError(wordsOf(fault)),
    );
  useEffect(() => void read(), []);
  const chosen = query.get('cause');
  const shown = causes?.find((cause) => addressOf(cause) === chosen) ?? causes?.[0];
  const count = causes?.reduce((sum, { events }) => sum + events, 0) ?? 0;
  return html`<div class="events-page">
<header class="bar"><h1>Events</h1><p class="status" role="status">${causes && (count === 0 ? 'None has failed.' : count === 1 ? '1 has failed.' : `${count.toLocaleString()} have failed.`)}</p></header>
<p class="error" role="alert">${error}</p>
<${WatchPage} />
${
  causes?.length === 0
    ? html`<section class="card empty"><h2>No event has failed</h2><p>An event that is refused, or that its profile cannot count, is kept here for a month, with what was wrong: mend it at its source, and send it in again.</p></section>`
    : html`<div class="columns watched"><nav class="entries" aria-label="Causes"><ul class="slot-list">${causes?.map(
        (
          cause,
        ) => html`<li key=${addressOf(cause)}><a href=${`/console/events?cause=${encodeURIComponent(addressOf(cause))}`} onClick=${follow} aria-current=${cause === shown ? 'true' : undefined}>
<span class="entry-name">${causeWords(cause)}</span><span class="entry-marks"><span class="mark bad">${cause.events.toLocaleString()}</span><span class="muted">${cause.type ?? 'of no type'}</span></span></a></li>`,
      )}</ul></nav>
<section class="card" aria-label="Failed events">${shown && html`<${FailedView} key=${addressOf(shown)} cause=${shown} changed=${read} />`}</section></div>`
}</div>`;
}
