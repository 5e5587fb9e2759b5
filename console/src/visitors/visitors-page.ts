import { useEffect, useState } from 'preact/hooks';
import { wordsOf } from '../base/client.ts';
import { html } from '../base/html.ts';
import { go, usePlace } from '../base/router.ts';
import { TextField } from '../parts/field.ts';
import { DataActions } from './data-actions.ts';
import { type Found, findPerson } from './model.ts';
import { ProfileView } from './profile-view.ts';
import { ServedView } from './served-view.ts';
import { TimelineView } from './timeline-view.ts';

/** A person, found by any of his ids: what is known of him, what he did, what he would be shown, and his rights. */
export function VisitorsPage() {
  const { query } = usePlace();
  const id = query.get('id') ?? '';
  const [typed, setTyped] = useState(id);
  const [found, setFound] = useState<Found | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const read = async () => {
    setError('');
    if (id === '') return setFound(undefined);
    setBusy(true);
    try {
      setFound(await findPerson(id));
    } catch (fault) {
      setFound(undefined);
      setError(wordsOf(fault));
    }
    setBusy(false);
  };
  useEffect(() => {
    setTyped(id);
    void read();
  }, [id]);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = typed.trim();
    if (wanted === id) void read();
    else go(`/visitors${wanted === '' ? '' : `?id=${encodeURIComponent(wanted)}`}`);
  };
  const words = found ? `${found.kind === 'users' ? 'User' : 'Device'} ${found.person.id}` : '';
  return html`<div class="visitors-page">
<header class="bar"><h1>Visitors</h1><p class="status" role="status">${busy ? 'Looking …' : words}</p></header>
<form class="card find" role="search" onSubmit=${submit}><${TextField} label="User id or anonymous id" value=${typed} change=${setTyped} help="As events say it: userId, or anonymousId. Live shows both." />
<button class="primary">Find</button></form>
<p class="error" role="alert">${error}</p>
${
  found &&
  html`<${ProfileView} person=${found.person} />
<${ServedView} key=${`served ${found.person.id}`} found=${found} />
<${TimelineView} key=${`timeline ${found.person.id}`} found=${found} />
<${DataActions} key=${`data ${found.person.id}`} found=${found} />`
}</div>`;
}
