import { useEffect, useState } from 'preact/hooks';
import type { Merchandising } from '../../../core/merchandising/document.ts';
import { call } from '../base/client.ts';
import { html } from '../base/html.ts';
import { TextField } from '../parts/field.ts';
import { useSettled } from '../parts/use-settled.ts';
import { slotNames } from '../rules/model.ts';
import { preview, SOMEBODY_NEW } from '../rules/previewed.ts';
import { Shown } from '../rules/shown.ts';
import type { Found } from './model.ts';

const FIRST_SLOT = 'home-for-you';

/** What a slot would show him now, and why: by the code that serves, with what is in force, outside of experiments. */
export function ServedView({ found: { kind, person } }: { readonly found: Found }) {
  const [names, setNames] = useState<readonly string[]>([]);
  const [slot, setSlot] = useState(FIRST_SLOT);
  const [item, setItem] = useState('');
  useEffect(() => {
    call<{ document: Merchandising }>('GET', '/api/merchandising').then(
      ({ document }) => {
        const known = slotNames(document);
        setNames(known);
        if (known.length > 0 && !known.includes(FIRST_SLOT)) setSlot(known[0] ?? FIRST_SLOT);
      },
      () => undefined,
    );
  }, []);
  const who = { ...SOMEBODY_NEW, kind: kind === 'users' ? ('user' as const) : ('device' as const), id: person.id };
  const { value: shown, error } = useSettled(() => preview(slot, false, { ...who, item }), [slot, item]);
  return html`<section class="card" aria-labelledby="served-now"><h2 id="served-now">What he would be shown now</h2>
<div class="halves"><${TextField} label="Slot" value=${slot} list=${names} change=${setSlot} /><${TextField} label="Product of the page" value=${item} placeholder="none" change=${setItem} /></div>
<p class="error" role="alert">${error}</p>
${shown && html`<${Shown} title=${slot} shown=${shown} />`}
<p class="muted">By the code that serves pages, with the slots and rules in force; variants of experiments are left out.</p></section>`;
}
