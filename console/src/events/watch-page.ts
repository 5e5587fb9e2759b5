import { useState } from 'preact/hooks';
import { call, wordsOf } from '../base/client.ts';
import { html } from '../base/html.ts';
import { TextField } from '../parts/field.ts';

/** Makes a link that opens the debugger in a page of the shop. */
export function WatchPage() {
  const [page, setPage] = useState('');
  const [link, setLink] = useState<{ readonly url: string | null; readonly until: string } | undefined>(undefined);
  const [error, setError] = useState('');
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setError('');
    try {
      setLink(await call('POST', '/api/debug-links', page === '' ? {} : { page }));
    } catch (fault) {
      setError(wordsOf(fault));
    }
  };
  return html`<section class="card" aria-labelledby="watch-title"><h2 id="watch-title">Watch a page</h2>
<form class="watch" onSubmit=${submit}><${TextField} label="Page of the shop" type="url" value=${page} placeholder="its front page" change=${setPage} help="The link opens a panel there that shows what becomes of each event, in this browser and for an hour." />
<button class="primary">Make a link</button></form>
<p class="error" role="alert">${error}</p>
${link?.url && html`<p role="status"><a href=${link.url} target="_blank" rel="noreferrer">Open the page with its debugger</a> <span class="muted">until ${new Date(link.until).toLocaleTimeString()}</span></p>`}</section>`;
}
