import { html } from '../base/html.ts';
import { CheckField, SelectField, TextField } from '../parts/field.ts';
import { ProductPicker } from '../parts/product-picker.ts';
import type { PretendedVisitor } from './previewed.ts';

const KINDS = [
  ['new', 'Somebody new'],
  ['made_up', 'Somebody made up'],
  ['device', 'A real visitor, by his device’s id'],
  ['user', 'A real visitor, by his user id'],
] as const;
const DEVICES = [
  ['', 'Any'],
  ['desktop', 'Desktop'],
  ['mobile', 'Phone'],
  ['tablet', 'Tablet'],
] as const;

interface VisitorProps {
  readonly visitor: PretendedVisitor;
  readonly segments: readonly string[];
  readonly change: (visitor: PretendedVisitor) => void;
}

/** For whom, where and when a slot is looked at. */
export function VisitorForm({ visitor, segments, change }: VisitorProps) {
  const set = (part: Partial<PretendedVisitor>) => change({ ...visitor, ...part });
  const { kind } = visitor;
  return html`<${SelectField} label="Visitor" value=${kind} options=${KINDS} change=${(next: PretendedVisitor['kind']) => set({ kind: next })} />
${
  (kind === 'device' || kind === 'user') &&
  html`<${TextField} label=${kind === 'device' ? 'Id of the device' : 'User id'} value=${visitor.id} change=${(id: string) => set({ id })} />`
}
${
  kind === 'made_up' &&
  html`<div class="choices" role="group" aria-label="Segments">${segments.map((one) => {
    const on = visitor.segments.includes(one);
    return html`<${CheckField} key=${one} label=${one} checked=${on} change=${() => set({ segments: on ? visitor.segments.filter((other) => other !== one) : [...visitor.segments, one] })} />`;
  })}</div>
<${ProductPicker} label="Has just looked at" chosen=${visitor.recent} max=${20} change=${(recent: readonly string[]) => set({ recent })} />`
}
<details><summary>Place and time</summary>
<div class="pair"><${SelectField} label="Device" value=${visitor.device} options=${DEVICES} change=${(device: string) => set({ device })} />
<${TextField} label="Country" value=${visitor.country} placeholder="AT" change=${(country: string) => set({ country })} /></div>
<div class="pair"><${TextField} label="Time" type="datetime-local" value=${visitor.at} change=${(at: string) => set({ at })} />
<${TextField} label="Language" value=${visitor.locale} placeholder="de" change=${(locale: string) => set({ locale })} /></div>
<div class="pair"><${TextField} label="Address of the page" value=${visitor.page} placeholder="https://…/sale" change=${(page: string) => set({ page })} />
<${TextField} label="Product of the page" value=${visitor.item} placeholder="id" change=${(item: string) => set({ item })} /></div></details>`;
}
