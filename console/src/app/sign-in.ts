import { useState } from 'preact/hooks';
import { call, wordsOf } from '../base/client.ts';
import { html } from '../base/html.ts';

/** The way in: the site's secret key, which the browser does not keep. */
export function SignIn({ done }: { readonly done: (site: string) => void }) {
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    setError('');
    try {
      const secretKey = new FormData(event.currentTarget as HTMLFormElement).get('key');
      const { site } = await call<{ site: string }>('POST', '/console/session', { secretKey });
      done(site);
    } catch (fault) {
      setError(wordsOf(fault));
      setBusy(false);
    }
  };
  return html`<main class="sign-in" id="main">
<form class="card" onSubmit=${submit}>
  <p class="brand">Vitrine</p>
  <h1>Sign in</h1>
  <div class="field"><label for="key">Secret key of the site</label>
    <input id="key" name="key" type="password" autocomplete="current-password" required autofocus spellcheck=${false} placeholder="sk_…" aria-invalid=${error !== ''} aria-describedby="key-help key-error" /></div>
  <p class="help" id="key-help"><code>npm run site</code> prints it. The session ends after eight hours, or when the key is revoked.</p>
  <p class="error" id="key-error" role="alert">${error}</p>
  <button class="primary" disabled=${busy}>${busy ? 'Signing in …' : 'Sign in'}</button>
</form></main>`;
}
