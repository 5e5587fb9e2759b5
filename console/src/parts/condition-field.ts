import { useId, useRef, useState } from 'preact/hooks';
import type { Fault } from '../base/client.ts';
import { html } from '../base/html.ts';
import { type Completion, completionAt, type Names } from './completions.ts';
import { Faults } from './field.ts';

interface ConditionProps {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
  readonly names: Names;
  readonly variables: readonly (keyof Names)[];
  readonly faults?: readonly Fault[];
  readonly placeholder?: string;
  readonly rows?: number;
}

/** A condition in CEL: names are completed from what the site has, a mistake is shown with its place and a way there. */
export function ConditionField({
  label,
  value,
  change,
  names,
  variables,
  faults = [],
  placeholder,
  rows = 2,
}: ConditionProps) {
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const [completion, setCompletion] = useState<Completion | undefined>(undefined);
  const [chosen, setChosen] = useState(0);
  const complete = () => {
    const { value: source = '', selectionStart = 0 } = area.current ?? {};
    setCompletion(completionAt(source, selectionStart, names, variables));
    setChosen(0);
  };
  const take = (option: string) => {
    if (!completion || !area.current) return;
    const isVariable = (variables as readonly string[]).includes(option) && value[completion.from - 1] !== '.';
    const text = option + (isVariable ? '.' : '');
    change(value.slice(0, completion.from) + text + value.slice(completion.to));
    const caret = completion.from + text.length;
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(caret, caret);
      complete();
    });
  };
  const keyed = (event: KeyboardEvent) => {
    if (!completion) return;
    const { length } = completion.options;
    if (event.key === 'ArrowDown') setChosen((chosen + 1) % length);
    else if (event.key === 'ArrowUp') setChosen((chosen + length - 1) % length);
    else if (event.key === 'Enter' || event.key === 'Tab') take(completion.options[chosen] ?? '');
    else if (event.key === 'Escape') setCompletion(undefined);
    else return;
    event.preventDefault();
  };
  const goTo = ({ line = 1, column = 1 }: Fault) => {
    const before = value
      .split('\n')
      .slice(0, line - 1)
      .join('\n').length;
    const at = Math.min(value.length, before + (line > 1 ? 1 : 0) + column - 1);
    area.current?.focus();
    const word = /^[\w.]+/.exec(value.slice(at))?.[0] ?? value.slice(at, at + 1);
    area.current?.setSelectionRange(at, at + word.length);
  };
  return html`<div class="field condition">
<label for=${id}>${label}</label>
<div class="completing">
<textarea ref=${area} id=${id} rows=${rows} spellcheck=${false} autocapitalize="off" placeholder=${placeholder} value=${value}
  aria-autocomplete="list" aria-controls="${id}-list"
  aria-activedescendant=${completion ? `${id}-${chosen}` : undefined} aria-invalid=${faults.length > 0}
  onInput=${(event: InputEvent) => {
    change((event.currentTarget as HTMLTextAreaElement).value);
    complete();
  }} onKeyDown=${keyed} onBlur=${() => setTimeout(() => setCompletion(undefined), 150)}></textarea>
<ul id="${id}-list" class="options" role="listbox" aria-label="Names" hidden=${!completion}>${completion?.options.map(
    (option, at) =>
      html`<li key=${option} id="${id}-${at}" role="option" aria-selected=${at === chosen} onMouseDown=${(
        event: MouseEvent,
      ) => {
        event.preventDefault();
        take(option);
      }}>${option}</li>`,
  )}</ul></div>
<${Faults} faults=${faults} />
${faults[0]?.line !== undefined && html`<button type="button" class="link" onClick=${() => goTo(faults[0] as Fault)}>Go to the mistake</button>`}
</div>`;
}
