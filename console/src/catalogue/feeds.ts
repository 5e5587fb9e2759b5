import { useEffect, useState } from 'preact/hooks';
import type { FeedOutcome } from '../../../core/catalog/feed.ts';
import { call, callLines, wordsOf } from '../base/client.ts';
import { html } from '../base/html.ts';
import { Dialog } from '../parts/dialog.ts';
import { NumberField, TextField } from '../parts/field.ts';

interface Feed {
  readonly name: string;
  readonly url: string;
  readonly everyMinutes: number;
  readonly nextAt: number;
  readonly last?: FeedOutcome;
}

/** The feeds that the catalogue follows, what came of each, and one more. */
export function Feeds() {
  const [feeds, setFeeds] = useState<readonly Feed[] | undefined>(undefined);
  const [adding, setAdding] = useState(false);
  const [error, setError] = useState('');
  const read = () =>
    call<{ feeds: Feed[] }>('GET', '/api/feeds').then(
      (all) => setFeeds(all.feeds),
      (fault) => setError(wordsOf(fault)),
    );
  useEffect(() => void read(), []);
  return html`<section class="card feeds" aria-labelledby="feeds-title">
<div class="entries-head"><h2 id="feeds-title">Feeds</h2><button type="button" class="small" onClick=${() => setAdding(true)}>Add a feed</button></div>
<p class="error" role="alert">${error}</p>
${feeds?.length === 0 && html`<p class="muted">None: products come by upload. A feed is fetched by the clock, in the formats of Google Merchant Center.</p>`}
<ul class="feed-list">${feeds?.map((feed) => html`<${FeedRow} key=${feed.name} feed=${feed} read=${read} />`)}</ul>
${adding && html`<${AddFeed} close=${() => setAdding(false)} read=${read} />`}</section>`;
}

const STATES = { loaded: 'loaded', unchanged: 'nothing new', held: 'held back', failed: 'failed' } as const;

function FeedRow({ feed, read }: { readonly feed: Feed; readonly read: () => Promise<void> }) {
  const [busy, setBusy] = useState('');
  const [error, setError] = useState('');
  const { name, url, everyMinutes, last } = feed;
  const run = async (accept: string) => {
    setBusy('Fetching …');
    setError('');
    try {
      await callLines('POST', `/api/feeds/${name}/run${accept}`, (line) => {
        const { progress } = line as { progress?: { accepted: number } };
        if (progress) setBusy(`${progress.accepted.toLocaleString()} products …`);
      });
    } catch (fault) {
      setError(wordsOf(fault));
    }
    setBusy('');
    await read();
  };
  const report = last?.report;
  const lines = [...(report?.refused.lines ?? []), ...(report?.notes.lines ?? [])];
  const unknown = Object.entries(report?.unknown ?? {});
  return html`<li><div class="version-head"><b>${name}</b> ${last ? html`<span class="mark ${last.state === 'loaded' || last.state === 'unchanged' ? 'good' : 'bad'}">${STATES[last.state]}</span> <time datetime=${new Date(last.at).toISOString()}>${new Date(last.at).toLocaleString()}</time>` : html`<span class="mark">not fetched yet</span>`}</div>
<p class="muted url">${url}, every ${everyMinutes} minutes</p>
${last?.error && html`<p class="bad">${last.error}</p>`}
${report && html`<p>${report.accepted.toLocaleString()} products, ${report.changed.toLocaleString()} changed, ${report.removed.toLocaleString()} removed, ${report.refused.count.toLocaleString()} refused.</p>`}
${report?.held && html`<p class="bad">The feed lacks ${report.held.missing.toLocaleString()} of ${report.held.of.toLocaleString()} products. None was removed: is that right?</p><button type="button" class="small" disabled=${busy !== ''} onClick=${() => run('?accept=fewer')}>Yes, remove them</button>`}
${
  lines.length + unknown.length > 0 &&
  html`<details><summary>What was not understood</summary><ul class="lines">${lines.map(({ line, reason }) => html`<li>line ${line}: ${reason}</li>`)}${unknown.map(([member, count]) => html`<li>“${member}” says nothing to Vitrine, in ${count} rows</li>`)}</ul></details>`
}
<p class="error" role="alert">${error}</p>
<div class="actions"><button type="button" class="small" disabled=${busy !== ''} onClick=${() => run('')}>${busy === '' ? 'Fetch now' : busy}</button>
<button type="button" class="small danger" disabled=${busy !== ''} onClick=${() => call('DELETE', `/api/feeds/${name}`).then(read, (fault) => setError(wordsOf(fault)))}>Fetch no more</button></div></li>`;
}

function AddFeed({ close, read }: { readonly close: () => void; readonly read: () => Promise<void> }) {
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [everyMinutes, setEveryMinutes] = useState(60);
  const [error, setError] = useState('');
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    try {
      await call('PUT', `/api/feeds/${encodeURIComponent(name)}`, { url, everyMinutes });
      close();
      await read();
    } catch (fault) {
      setError(wordsOf(fault));
    }
  };
  return html`<${Dialog} title="Add a feed" close=${close}><form onSubmit=${submit}>
<${TextField} label="Name" value=${name} placeholder="main" change=${setName} />
<${TextField} label="Address" type="url" value=${url} placeholder="https://shop.example/feed.xml" change=${setUrl} />
<${NumberField} label="Fetched every so many minutes" value=${everyMinutes} min=${5} max=${1440} change=${setEveryMinutes} />
<p class="error" role="alert">${error}</p>
<footer class="form-foot"><button type="button" onClick=${close}>Not yet</button><button class="primary">Add</button></footer></form></${Dialog}>`;
}
