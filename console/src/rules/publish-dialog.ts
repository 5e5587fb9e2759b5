import { useEffect, useState } from 'preact/hooks';
import type { Difference } from '../../../core/merchandising/difference.ts';
import { call, wordsOf } from '../base/client.ts';
import { html } from '../base/html.ts';
import { Dialog } from '../parts/dialog.ts';
import { TextField } from '../parts/field.ts';
import { Changes } from './changes.ts';
import type { Draft } from './use-draft.ts';

/** What would change, and the word for it. */
export function PublishDialog({ draft, close }: { readonly draft: Draft; readonly close: () => void }) {
  const [differences, setDifferences] = useState<readonly Difference[] | undefined>(undefined);
  const [note, setNote] = useState('');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    call<{ differences: Difference[] }>('GET', '/api/merchandising/diff').then(
      (read) => setDifferences(read.differences),
      (fault) => setError(wordsOf(fault)),
    );
  }, []);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await draft.publish(note.trim());
      close();
    } catch (fault) {
      setError(wordsOf(fault));
      setBusy(false);
    }
  };
  return html`<${Dialog} title="Publish" close=${close}><form onSubmit=${submit}>
${differences ? html`<${Changes} differences=${differences} />` : html`<p class="waiting" role="status">Comparing …</p>`}
<${TextField} label="Note, for those who look back" value=${note} placeholder="Why" change=${setNote} />
<p class="help">In force everywhere within 30 seconds. An earlier version can be brought back from the history.</p>
<p class="error" role="alert">${error}</p>
<footer class="form-foot"><button type="button" onClick=${close}>Not yet</button><button class="primary" disabled=${busy || !differences}>Publish version ${draft.version + 1}</button></footer></form></${Dialog}>`;
}
