import { useEffect, useState } from 'preact/hooks';
import type { Difference } from '../../../core/merchandising/difference.ts';
import { call, wordsOf } from '../base/client.ts';
import { html } from '../base/html.ts';
import { Dialog } from '../parts/dialog.ts';
import { Changes } from './changes.ts';
import type { Draft } from './use-draft.ts';

interface Version {
  readonly version: number;
  readonly publishedAt: number;
  readonly note: string | null;
}

/** All versions, what each changed, and the way back to one. */
export function HistoryDialog({ draft, close }: { readonly draft: Draft; readonly close: () => void }) {
  const [versions, setVersions] = useState<readonly Version[] | undefined>(undefined);
  const [open, setOpen] = useState<
    { readonly version: number; readonly differences: readonly Difference[] } | undefined
  >(undefined);
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    call<{ versions: Version[] }>('GET', '/api/merchandising/versions').then(
      (read) => setVersions(read.versions),
      (fault) => setError(wordsOf(fault)),
    );
  }, []);
  const look = (version: number) =>
    call<{ differences: Difference[] }>('GET', `/api/merchandising/diff?from=${version - 1}&to=${version}`).then(
      ({ differences }) => setOpen({ version, differences }),
      (fault) => setError(wordsOf(fault)),
    );
  const back = async (version: number) => {
    setBusy(true);
    try {
      await draft.rollback(version);
      close();
    } catch (fault) {
      setError(wordsOf(fault));
      setBusy(false);
    }
  };
  return html`<${Dialog} title="History" close=${close}>
<p class="error" role="alert">${error}</p>
${versions?.length === 0 && html`<p class="muted">Nothing has been published yet.</p>`}
<ol class="versions">${versions?.map(
    ({ version, publishedAt, note }) => html`<li key=${version}>
<div class="version-head"><b>Version ${version}</b> <time datetime=${new Date(publishedAt).toISOString()}>${new Date(publishedAt).toLocaleString()}</time>${version === draft.version && html`<span class="mark good">in force</span>`}</div>
${note && html`<p>${note}</p>`}
<div class="actions"><button type="button" class="small" onClick=${() => look(version)}>What changed</button>${version !== draft.version && html`<button type="button" class="small" disabled=${busy} onClick=${() => back(version)}>Roll back to version ${version}</button>`}</div>
${open?.version === version && html`<${Changes} differences=${open.differences} />`}</li>`,
  )}
${draft.version > 0 && html`<li><div class="version-head"><b>Version 0</b> <span class="muted">no slots, no rules</span></div><div class="actions"><button type="button" class="small" disabled=${busy} onClick=${() => back(0)}>Roll back to nothing</button></div></li>`}</ol></${Dialog}>`;
}
