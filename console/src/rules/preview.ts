import { useEffect, useState } from 'preact/hooks';
import { html } from '../base/html.ts';
import { TextField } from '../parts/field.ts';
import { useSettled } from '../parts/use-settled.ts';
import { slotNames } from './model.ts';
import { type PretendedVisitor, preview, SOMEBODY_NEW } from './previewed.ts';
import { Shown } from './shown.ts';
import type { Draft } from './use-draft.ts';
import { VisitorForm } from './visitor-form.ts';

/** What a slot shows now, and what it would with the draft, side by side. */
export function Preview({ draft, slot: suggested }: { readonly draft: Draft; readonly slot: string | undefined }) {
  const names = slotNames(draft.document);
  const [slot, setSlot] = useState(suggested ?? names[0] ?? 'home-for-you');
  const [visitor, setVisitor] = useState<PretendedVisitor>(SOMEBODY_NEW);
  useEffect(() => {
    if (suggested !== undefined) setSlot(suggested);
  }, [suggested]);
  const ask = async () => {
    const [now, then] = await Promise.all([preview(slot, false, visitor), preview(slot, true, visitor)]);
    return { now, then };
  };
  const { value: shown, error } = useSettled(ask, [slot, visitor, draft.revision]);
  return html`<section class="preview card" aria-labelledby="preview-title">
<h2 id="preview-title">Preview</h2>
<${TextField} label="Slot" value=${slot} list=${names} change=${setSlot} />
<${VisitorForm} visitor=${visitor} segments=${draft.names.segments} change=${setVisitor} />
<p class="error" role="alert">${error}</p>
${shown && html`<div class="compare"><${Shown} title="Now" shown=${shown.now} /><${Shown} title="With the draft" shown=${shown.then} before=${shown.now} /></div>`}</section>`;
}
