import { useEffect, useState } from 'preact/hooks';
import { html } from '../base/html.ts';

interface Ready {
  readonly status: string;
  readonly checks: Readonly<
    Record<string, { readonly status: string; readonly milliseconds: number; readonly output?: string }>
  >;
}

const NAMES: Readonly<Record<string, string>> = {
  d1: 'Database (D1)',
  r2_lake: 'Lake (R2)',
  r2_models: 'Models (R2)',
  profiles: 'Profiles',
  catalogue: 'Catalogue',
};

/** Whether what the Worker leans on answers, and how fast. */
export function ReadyList() {
  const [ready, setReady] = useState<Ready | undefined>(undefined);
  useEffect(() => {
    // What is away is answered with 503, and is an answer.
    fetch('/readyz').then(
      async (response) => setReady((await response.json()) as Ready),
      () => setReady({ status: 'fail', checks: {} }),
    );
  }, []);
  return html`<section class="card" aria-labelledby="leans"><h2 id="leans">What it leans on</h2>
${ready === undefined && html`<p class="waiting">Asking …</p>`}
<ul class="ready">${Object.entries(ready?.checks ?? {}).map(
    ([name, { status, milliseconds, output }]) =>
      html`<li key=${name}><span class=${`mark ${status === 'pass' ? 'good' : 'bad'}`}>${status === 'pass' ? 'answers' : 'away'}</span> ${NAMES[name] ?? name} <span class="muted">${output ?? `${milliseconds} ms`}</span></li>`,
  )}</ul></section>`;
}
