import { useEffect, useState } from 'preact/hooks';
import { call } from '../base/client.ts';
import { html } from '../base/html.ts';

interface Key {
  readonly id: string;
  readonly name: string;
  readonly leaked: { readonly at: string; readonly by: string } | null;
}

/** What must not wait: secret keys that others can read. Whose own key may not list keys is not told. */
export function LeakedKeys() {
  const [leaked, setLeaked] = useState<readonly Key[]>([]);
  useEffect(() => {
    call<{ keys: readonly Key[] }>('GET', '/api/keys').then(
      ({ keys }) => setLeaked(keys.filter((key) => key.leaked)),
      () => setLeaked([]),
    );
  }, []);
  if (leaked.length === 0) return null;
  return html`<div class="warning" role="alert">
  <p><strong>A secret key can be read by others.</strong> Make another one, give it to your servers, then end it: <code>npm run site -- --rotate secret</code>, <code>--revoke ID</code>.</p>
  <ul>${leaked.map(
    ({ id, name, leaked: how }) =>
      html`<li key=${id}><code>${id}</code>${name && ` (${name})`}: ${how?.by === 'page' ? 'came from a page' : 'stood in an address'}, first on ${how?.at.slice(0, 10)}</li>`,
  )}</ul>
</div>`;
}
