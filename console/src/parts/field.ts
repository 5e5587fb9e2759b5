import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { Fault } from '../base/client.ts';
import { html } from '../base/html.ts';

interface FieldProps {
  readonly label: string;
  readonly help?: string | undefined;
  readonly faults?: readonly Fault[] | undefined;
  /** The control; its id and the id of what describes it belong to its attributes. */
  readonly control: (id: string, describedBy: string) => ComponentChildren;
}

/** A field with its label, what it is for, and what is wrong with it. */
export function Field({ label, help, faults = [], control }: FieldProps) {
  const id = useId();
  return html`<div class="field">
<label for=${id}>${label}</label>${control(id, `${id}-words`)}
<div id="${id}-words">${help && html`<p class="help">${help}</p>`}<${Faults} faults=${faults} /></div></div>`;
}

/** Mistakes in words, each with its place where it has one. */
export function Faults({ faults }: { readonly faults: readonly Fault[] }) {
  if (faults.length === 0) return null;
  return html`<div role="alert"><ul class="faults">${faults.map(
    ({ message, line, column }) =>
      html`<li>${message}${line === undefined ? '' : html` <span class="where">line ${line}, column ${column}</span>`}</li>`,
  )}</ul></div>`;
}

interface TextProps {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
  readonly help?: string;
  readonly faults?: readonly Fault[];
  readonly type?: string;
  readonly placeholder?: string;
  readonly list?: readonly string[];
}

/** A field of one line. */
export function TextField({ label, value, change, help, faults = [], type = 'text', placeholder, list }: TextProps) {
  const control = (id: string, words: string) => html`
<input id=${id} aria-describedby=${words} type=${type} value=${value} placeholder=${placeholder} list=${list && `${id}-list`} aria-invalid=${faults.length > 0}
  onInput=${(event: InputEvent) => change((event.currentTarget as HTMLInputElement).value)} />
${list && html`<datalist id="${id}-list">${list.map((one) => html`<option value=${one} />`)}</datalist>`}`;
  return html`<${Field} label=${label} help=${help} faults=${faults} control=${control} />`;
}

interface NumberProps {
  readonly label: string;
  readonly value: number;
  readonly change: (value: number) => void;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly help?: string;
  readonly faults?: readonly Fault[];
}

/** A field of a number; what is none changes nothing. */
export function NumberField({ label, value, change, min, max, step = 1, help, faults = [] }: NumberProps) {
  const typed = (event: InputEvent) => {
    const said = (event.currentTarget as HTMLInputElement).valueAsNumber;
    if (Number.isFinite(said)) change(said);
  };
  const control = (id: string, words: string) =>
    html`<input id=${id} aria-describedby=${words} type="number" value=${value} min=${min} max=${max} step=${step} aria-invalid=${faults.length > 0} onInput=${typed} />`;
  return html`<${Field} label=${label} help=${help} faults=${faults} control=${control} />`;
}

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly change: (value: string) => void;
  readonly help?: string;
  readonly faults?: readonly Fault[];
}

/** A choice of one. */
export function SelectField({ label, value, options, change, help, faults = [] }: SelectProps) {
  const control = (id: string, words: string) => html`
<select id=${id} aria-describedby=${words} value=${value} aria-invalid=${faults.length > 0} onChange=${(event: Event) => change((event.currentTarget as HTMLSelectElement).value)}>${options.map(
    ([one, text]) => html`<option key=${one} value=${one} selected=${one === value}>${text}</option>`,
  )}</select>`;
  return html`<${Field} label=${label} help=${help} faults=${faults} control=${control} />`;
}

interface CheckProps {
  readonly label: string;
  readonly checked: boolean;
  readonly change: (checked: boolean) => void;
}

/** A choice of yes or no. */
export function CheckField({ label, checked, change }: CheckProps) {
  return html`<label class="check"><input type="checkbox" checked=${checked} onChange=${(event: Event) => change((event.currentTarget as HTMLInputElement).checked)} /><span>${label}</span></label>`;
}
