import type { SlotDefinition } from '../../../core/merchandising/document.ts';
import { html } from '../base/html.ts';
import { go } from '../base/router.ts';
import { ConditionField } from '../parts/condition-field.ts';
import { Faults, Field, NumberField, SelectField, TextField } from '../parts/field.ts';
import { TextsField } from '../parts/texts-field.ts';
import { faultsAt, freeName, STRATEGY_NAMES } from './model.ts';
import type { Draft } from './use-draft.ts';

type Strategy = SlotDefinition['strategies'][number];
type Content = SlotDefinition['content'][string];

const LAYOUTS = [
  ['row', 'A row'],
  ['grid', 'A grid'],
  ['list', 'A list'],
] as const;

const TEMPLATE_EXAMPLE =
  '{% for item in items %}<a href="{{ item.url }}" data-product-id="{{ item.id }}">{{ item.title }}</a>{% endfor %}';

/** A slot: what it shows, how many, how it looks, and its banners. */
export function SlotForm({ draft, name }: { readonly draft: Draft; readonly name: string }) {
  const { document, faults, names, change } = draft;
  const slot = document.slots[name];
  if (!slot) return null;
  const path = `slots.${name}`;
  const own = (member: string, deep = false) => faultsAt(faults, `${path}.${member}`, deep);
  const set = (part: { readonly [Key in keyof SlotDefinition]?: SlotDefinition[Key] | undefined }) =>
    change((now) => {
      const next = Object.fromEntries(
        Object.entries({ ...now.slots[name], ...part }).filter(([, value]) => value !== undefined),
      );
      return { ...now, slots: { ...now.slots, [name]: next as SlotDefinition } };
    });
  const rename = (next: string) => {
    if (next === name || Object.hasOwn(document.slots, next) || !/^[a-z0-9][a-z0-9_-]{0,63}$/i.test(next)) return;
    change((now) => {
      const { [name]: moved, ...others } = now.slots;
      return moved ? { ...now, slots: { ...others, [next]: moved } } : now;
    });
    go(`/rules?slot=${encodeURIComponent(next)}`, true);
  };
  const remove = () => {
    change((now) => {
      const { [name]: _, ...others } = now.slots;
      return { ...now, slots: others };
    });
    go('/rules', true);
  };
  return html`<div class="form">
<${Field} label="Name of the slot" help="As the pages say it: letters, digits, “-” and “_”." control=${(id: string, words: string) => html`<input id=${id} aria-describedby=${words} value=${name} onChange=${(event: Event) => rename((event.currentTarget as HTMLInputElement).value.trim())} />`} />
<${Faults} faults=${faultsAt(faults, path)} />
<${Strategies} strategies=${slot.strategies} change=${(strategies: Strategy[]) => set({ strategies })} />
<div class="pair"><${NumberField} label="Products" value=${slot.limit} min=${1} max=${50} faults=${own('limit')} change=${(limit: number) => set({ limit })} />
<${SelectField} label="Layout" value=${slot.layout} options=${LAYOUTS} change=${(layout: SlotDefinition['layout']) => set({ layout })} /></div>
<div class="pair"><${NumberField} label="Variety" value=${slot.diversity} min=${0} max=${1} step=${0.1} faults=${own('diversity')} help="0: the best ones, however alike. 1: as different as there are." change=${(diversity: number) => set({ diversity })} />
<${NumberField} label="Room for what is new" value=${slot.explore} min=${0} max=${0.5} step=${0.01} faults=${own('explore')} help="Share of its places, from the third on, for products of the last two weeks." change=${(explore: number) => set({ explore })} />
<${SelectField} label="What he has seen" value=${slot.seen} options=${[
    ['hide', 'is hidden'],
    ['show', 'may be shown again'],
  ]} change=${(seen: SlotDefinition['seen']) => set({ seen })} /></div>
<${ConditionField} label="Only products for which" value=${slot.filter ?? ''} names=${names} variables=${['item']} faults=${own('filter')} placeholder="every product" rows=${1} change=${(filter: string) => set({ filter: filter === '' ? undefined : filter })} />
<${TextsField} label="Heading" texts=${slot.heading} change=${(heading: SlotDefinition['heading']) => set({ heading })} />
<${Faults} faults=${own('heading', true)} />
<${Banners} content=${slot.content} faults=${own('content', true)} change=${(content: SlotDefinition['content']) => set({ content })} />
<details class="group" open=${slot.template !== undefined || own('template').length > 0}><summary>HTML of its own</summary>
<${Field} label="Template (Liquid)" faults=${own('template')} help="In place of the layout. Every value is escaped; docs/templates.md has the names." control=${(
    id: string,
    words: string,
  ) => html`
<textarea id=${id} aria-describedby=${words} class="code" rows=${8} spellcheck=${false} value=${slot.template ?? ''} placeholder=${TEMPLATE_EXAMPLE} aria-invalid=${own('template').length > 0}
 onInput=${(event: InputEvent) => set({ template: (event.currentTarget as HTMLTextAreaElement).value || undefined })}></textarea>`} /></details>
<details class="group"><summary>Time it may take</summary><${NumberField} label="Milliseconds" value=${slot.deadline} min=${20} max=${2000} faults=${own('deadline')} help="After that it shows what needs nobody." change=${(deadline: number) => set({ deadline })} /></details>
<footer class="form-foot"><button type="button" class="danger" onClick=${remove}>Forget the slot</button></footer></div>`;
}

interface StrategiesProps {
  readonly strategies: readonly Strategy[];
  readonly change: (strategies: readonly Strategy[]) => void;
}

function Strategies({ strategies, change }: StrategiesProps) {
  const options = Object.entries(STRATEGY_NAMES) as [Strategy, string][];
  const free = options.filter(([one]) => !strategies.includes(one));
  return html`<fieldset class="group"><legend>What it shows</legend>
${strategies.map(
  (
    strategy,
    at,
  ) => html`<div class="action-head" key=${strategy}><${SelectField} label=${at === 0 ? 'First' : 'While it is not full'} value=${strategy}
 options=${options.filter(([one]) => one === strategy || !strategies.includes(one))} change=${(next: Strategy) => change(strategies.map((one, place) => (place === at ? next : one)))} />
${strategies.length > 1 && html`<button type="button" class="quiet" aria-label="Take out ${STRATEGY_NAMES[strategy]}" onClick=${() => change(strategies.filter((one) => one !== strategy))}>✕</button>`}</div>`,
)}
${free[0] && html`<button type="button" class="link" onClick=${() => change([...strategies, (free[0] as [Strategy, string])[0]])}>Then …</button>`}</fieldset>`;
}

interface BannersProps {
  readonly content: SlotDefinition['content'];
  readonly faults: Parameters<typeof Faults>[0]['faults'];
  readonly change: (content: SlotDefinition['content']) => void;
}

function Banners({ content, faults, change }: BannersProps) {
  const set = (name: string, part: { readonly [Key in keyof Content]?: Content[Key] | undefined }) => {
    const next = Object.fromEntries(
      Object.entries({ ...content[name], ...part }).filter(([, value]) => value !== undefined && value !== ''),
    );
    change({ ...content, [name]: next });
  };
  const add = () =>
    change({
      ...content,
      [freeName(Object.keys(content).length === 0 ? 'default' : 'banner', Object.keys(content)).replaceAll(' ', '-')]:
        {},
    });
  const rename = (name: string, next: string) => {
    if (next === '' || Object.hasOwn(content, next)) return;
    change(Object.fromEntries(Object.entries(content).map(([one, value]) => [one === name ? next : one, value])));
  };
  return html`<fieldset class="group"><legend>Banners</legend>
${Object.entries(content).map(
  ([
    name,
    { title, text, image = '', url = '' },
  ]) => html`<details class="banner" key=${name}><summary>${name}${name === 'default' ? ' (shown unless a rule chooses another)' : ''}</summary>
<${Field} label="Name" control=${(id: string) => html`<input id=${id} value=${name} onChange=${(event: Event) => rename(name, (event.currentTarget as HTMLInputElement).value.trim())} />`} />
<${TextsField} label="Title" texts=${title} change=${(next: Content['title']) => set(name, { title: next })} />
<${TextsField} label="Text" texts=${text} change=${(next: Content['text']) => set(name, { text: next })} />
<${TextField} label="Picture" type="url" value=${image} change=${(next: string) => set(name, { image: next })} />
<${TextField} label="Leads to" value=${url} change=${(next: string) => set(name, { url: next })} />
<button type="button" class="danger small" onClick=${() => {
    const { [name]: _, ...others } = content;
    change(others);
  }}>Delete the banner</button></details>`,
)}
<${Faults} faults=${faults} />
<button type="button" class="link" onClick=${add}>Add a banner</button></fieldset>`;
}
