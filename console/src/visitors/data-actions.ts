import { useState } from 'preact/hooks';
import { call, callLines, wordsOf } from '../base/client.ts';
import { html } from '../base/html.ts';
import { Dialog } from '../parts/dialog.ts';
import { TextField } from '../parts/field.ts';
import { type Found, pathOf } from './model.ts';

interface Erased {
  readonly id: string;
  readonly state: 'running' | 'done';
  readonly receipt: string | null;
}

/** His rights: all that is held of him as a file, and its erasure, with a receipt that anybody can check. */
export function DataActions({ found }: { readonly found: Found }) {
  const { kind, person } = found;
  const path = pathOf(kind, person.id);
  const [words, setWords] = useState('');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const [erased, setErased] = useState<Erased | undefined>(undefined);
  const act = async (what: () => Promise<void>) => {
    setBusy(true);
    setError('');
    try {
      await what();
    } catch (fault) {
      setError(wordsOf(fault));
    }
    setBusy(false);
  };
  const exportAll = () =>
    act(async () => {
      const lines = await exportLines(path, (count) => setWords(`${count.toLocaleString()} lines …`));
      save(`${person.id.replaceAll(/[^\w.-]+/g, '_')}.ndjson`, lines.join('\n'), 'application/x-ndjson');
      setWords(`${lines.length.toLocaleString()} lines are saved.`);
    });
  const erase = () =>
    act(async () => {
      setAsking(false);
      setErased(await call<Erased>('DELETE', path));
      setWords('');
    });
  return html`<section class="card" aria-labelledby="rights"><h2 id="rights">His data</h2>
<div class="actions"><button type="button" disabled=${busy} onClick=${exportAll}>Export all that is held</button>
<button type="button" class="danger" disabled=${busy} onClick=${() => setAsking(true)}>Erase …</button></div>
<p role="status">${busy && words === '' ? 'Working …' : words}</p><p class="error" role="alert">${error}</p>
${erased && html`<${Receipt} erased=${erased} name=${person.id} />`}
${isAsking && html`<${EraseDialog} id=${person.id} close=${() => setAsking(false)} erase=${erase} devices=${person.links.devices.length} />`}</section>`;
}

function Receipt({ erased: { id, state, receipt }, name }: { readonly erased: Erased; readonly name: string }) {
  if (state === 'running' || receipt === null)
    return html`<p>The erasure <code>${id}</code> has begun, and is finished within minutes: <code>GET /api/erasures/${id}</code> has its receipt then.</p>`;
  return html`<p>Erased. The receipt says what was removed, by hashes alone; <a href="/docs">POST /api/erasures/verify</a> checks it, and so does anybody with the keys at <code>/.well-known/jwks.json</code>.</p>
<pre class="code receipt" tabindex="0">${receipt}</pre>
<button type="button" onClick=${() => save(`erasure-${name.replaceAll(/[^\w.-]+/g, '_')}.jwt`, receipt, 'application/jwt')}>Save the receipt</button>`;
}

interface EraseProps {
  readonly id: string;
  readonly devices: number;
  readonly close: () => void;
  readonly erase: () => void;
}

function EraseDialog({ id, devices, close, erase }: EraseProps) {
  const [typed, setTyped] = useState('');
  return html`<${Dialog} title="Erase this person" close=${close}>
<p>His profile, ${devices > 0 ? `all ${devices} of his devices, ` : ''}his events in the lake and in the model are removed. This cannot be undone.</p>
<${TextField} label=${`Type ${id} to go on`} value=${typed} change=${setTyped} />
<div class="actions"><button type="button" class="danger" disabled=${typed !== id} onClick=${erase}>Erase</button><button type="button" onClick=${close}>Keep him</button></div></${Dialog}>`;
}

/** All lines of an export, answer after answer, until its last one. */
async function exportLines(path: string, tell: (count: number) => void): Promise<string[]> {
  const lines: string[] = [];
  let cursor: string | undefined;
  for (;;) {
    const query = cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`;
    const last = await callLines<{ kind: string; cursor?: string }>('GET', `${path}/export${query}`, (line) => {
      if ((line as { kind: string }).kind !== 'continue') lines.push(JSON.stringify(line));
      tell(lines.length);
    });
    if (last?.kind === 'end') return lines;
    if (last?.kind !== 'continue') throw new Error('The export broke off. Ask for it again.');
    cursor = last.cursor;
  }
}

/** Lets the browser save a text as a file. */
function save(name: string, text: string, type: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
