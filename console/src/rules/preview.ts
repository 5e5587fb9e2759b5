import { useEffect, useState } from 'preact/hooks';
import { wordsOf } from '../base/client.ts';
import { html } from '../base/html.ts';
import { TextField } from '../parts/field.ts';
import { slotNames } from './model.ts';
import { type PretendedVisitor, type Previewed, preview, SOMEBODY_NEW } from './previewed.ts';
import { Shown } from './shown.ts';
import type { Draft } from './use-draft.ts';
import { VisitorForm } from './visitor-form.ts';

const WAIT_MS = 250;

/** What a slot shows now, and what it would with the draft, side by side. */
export function Preview({ draft, slot: suggested }: { readonly draft: Draft; readonly slot: string | undefined }) {
  const names = slotNames(draft.document);
  const [slot, setSlot] = useState(suggested ?? names[0] ?? 'home-for-you');
  const [visitor, setVisitor] = useState<PretendedVisitor>(SOMEBODY_NEW);
  const [shown, setShown] = useState<{ readonly now: Previewed; readonly then: Previewed } | undefined>(undefined);
  const [error, setError] = useState('');
  useEffect(() => {
    if (suggested !== undefined) setSlot(suggested);
  }, [suggested]);
  useEffect(() => {
    let isStale = false;
    const timer = setTimeout(() => {
      Promise.all([preview(slot, false, visitor), preview(slot, true, visitor)]).then(
        ([now, then]) => {
          if (isStale) return;
          setShown({ now, then });
          setError('');
        },
        (fault) => {
          if (!isStale) setError(wordsOf(fault));
        },
      );
    }, WAIT_MS);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [slot, visitor, draft.revision]);
  return html`<section class="preview card" aria-labelledby="preview-title">
<h2 id="preview-title">Preview</h2>
<${TextField} label="Slot" value=${slot} list=${names} change=${setSlot} />
<${VisitorForm} visitor=${visitor} segments=${draft.names.segments} change=${setVisitor} />
<p class="error" role="alert">${error}</p>
${shown && html`<div class="compare"><${Shown} title="Now" shown=${shown.now} /><${Shown} title="With the draft" shown=${shown.then} before=${shown.now} /></div>`}</section>`;
}
