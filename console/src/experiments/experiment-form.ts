import { useEffect, useState } from 'preact/hooks';
import type { ExperimentDefinition } from '../../../core/experiments/definition.ts';
import type { Action, Merchandising } from '../../../core/merchandising/document.ts';
import { call, type Fault } from '../base/client.ts';
import { html } from '../base/html.ts';
import type { Names } from '../parts/completions.ts';
import { ConditionField } from '../parts/condition-field.ts';
import { NumberField, SelectField, TextField } from '../parts/field.ts';
import { ActionForm } from '../rules/action-form.ts';
import { faultsAt, freeName, NEW_ACTIONS } from '../rules/model.ts';
import { METRIC_NAMES } from './model.ts';

/** What the site has that variants may use. */
interface Material {
  readonly document: Merchandising;
  readonly names: Names;
}

interface FormProps {
  readonly definition: ExperimentDefinition;
  readonly faults: readonly Fault[];
  readonly change: (definition: ExperimentDefinition) => void;
}

/** A draft: what it is about, where and for whom, and its variants. */
export function ExperimentForm({ definition, faults, change }: FormProps) {
  const [material, setMaterial] = useState<Material | undefined>(undefined);
  useEffect(() => {
    Promise.all([
      call<{ document: Merchandising }>('GET', '/api/merchandising'),
      call<Names>('GET', '/api/merchandising/names'),
    ]).then(
      ([{ document }, names]) => setMaterial({ document, names }),
      () => undefined,
    );
  }, []);
  const set = (more: { readonly [Key in keyof ExperimentDefinition]?: ExperimentDefinition[Key] | undefined }) =>
    change(
      Object.fromEntries(
        Object.entries({ ...definition, ...more }).filter(([, value]) => value !== undefined),
      ) as ExperimentDefinition,
    );
  if (!material) return html`<p class="waiting" role="status">Loading …</p>`;
  const { names } = material;
  return html`<div class="form">
<${TextField} label="Name" value=${definition.name} help="Letters, digits, “-” and “_”." change=${(name: string) => set({ name: name.trim() })} />
<${TextField} label="What you expect" value=${definition.hypothesis} placeholder="What is popular sells more on the home page" change=${(hypothesis: string) => set({ hypothesis })} />
<${TextField} label="Slots" value=${(definition.slots ?? []).join(', ')} placeholder="every slot" help="As the pages say them, with commas between." list=${Object.keys(material.document.slots)} change=${(
    text: string,
  ) => {
    const slots = text.split(/[\s,]+/).filter(Boolean);
    set({ slots: slots.length === 0 ? undefined : slots });
  }} />
<div class="pair"><${SelectField} label="What counts" value=${definition.goal} options=${Object.entries(METRIC_NAMES)} change=${(goal: string) => set({ goal: goal as ExperimentDefinition['goal'] })} />
<${SelectField} label="Kind" value=${definition.kind} options=${[
    ['ab', 'Variants'],
    ['holdout', 'Holdout: all but the first see nothing personal'],
  ]} change=${(kind: string) => set({ kind: kind as ExperimentDefinition['kind'] })} /></div>
<fieldset class="group"><legend>Variants</legend>
${definition.variants.map(
  (
    variant,
    at,
  ) => html`<${VariantForm} key=${at} at=${at} definition=${definition} material=${material} faults=${faults}
  change=${(next: typeof variant) => set({ variants: definition.variants.map((one, other) => (other === at ? next : one)) })}
  remove=${definition.variants.length > 2 ? () => set({ variants: definition.variants.filter((_, other) => other !== at) }) : undefined} />`,
)}
${
  definition.variants.length < 10 &&
  html`<button type="button" class="link" onClick=${() => {
    const name = freeName(
      'variant',
      definition.variants.map((one) => one.name),
    ).replaceAll(' ', '-');
    set({ variants: [...definition.variants, { name, weight: 1, actions: [NEW_ACTIONS.strategy], slots: {} }] });
  }}>Add a variant</button>`
}</fieldset>
<details class="group"><summary>For whom, and how many</summary>
<${ConditionField} label="Only visitors for whom" value=${definition.audience ?? ''} names=${names} variables=${['visitor', 'segments', 'attributes', 'context']} faults=${faultsAt(faults, 'audience')} placeholder="everybody" change=${(audience: string) => set({ audience: audience === '' ? undefined : audience })} />
<div class="pair"><${NumberField} label="Share of visitors, in %" value=${definition.traffic * 100} min=${0.01} max=${100} step=${0.01} change=${(share: number) => set({ traffic: share / 100 })} />
<${TextField} label="Layer" value=${definition.layer ?? ''} placeholder="its own" help="Experiments of one layer share no visitor." change=${(layer: string) => set({ layer: layer.trim() === '' ? undefined : layer.trim() })} /></div>
<${SelectField} label="Shares of visitors" value=${definition.allocation} options=${[
    ['fixed', 'As the weights say'],
    ['bandit', 'More to what is probably the best, from the second day on'],
  ]} change=${(allocation: string) => set({ allocation: allocation as ExperimentDefinition['allocation'] })} />
<div class="pair"><${NumberField} label="Visitors that you expect" value=${definition.expectedVisitors} min=${100} max=${1e9} help="There the intervals are narrowest." change=${(expectedVisitors: number) => set({ expectedVisitors })} />
<${NumberField} label="Orders that it may cost, in %" value=${definition.guardrail * 100} min=${0} max=${100} help="Beyond that a variant is called harmful." change=${(share: number) => set({ guardrail: share / 100 })} /></div></details></div>`;
}

interface VariantProps {
  readonly at: number;
  readonly definition: ExperimentDefinition;
  readonly material: Material;
  readonly faults: readonly Fault[];
  readonly change: (variant: ExperimentDefinition['variants'][number]) => void;
  readonly remove: (() => void) | undefined;
}

function VariantForm({ at, definition, material, faults, change, remove }: VariantProps) {
  const variant = definition.variants[at];
  if (!variant) return null;
  const { actions } = variant;
  const setActions = (next: readonly Action[]) => change({ ...variant, actions: [...next] });
  return html`<div class="variant">
<div class="pair"><${TextField} label=${at === 0 ? 'First variant: what the others are held against' : `Variant ${at + 1}`} value=${variant.name} faults=${faultsAt(faults, `variants.${at}.name`)} change=${(name: string) => change({ ...variant, name: name.trim() })} />
<${NumberField} label="Weight" value=${variant.weight} min=${0} max=${1_000} step=${0.1} change=${(weight: number) => change({ ...variant, weight })} /></div>
${actions.length === 0 && html`<p class="muted">It changes nothing.</p>`}
${actions.map(
  (
    action,
    place,
  ) => html`<${ActionForm} key=${place} draft=${{ ...material, faults }} action=${action} rule=${definition} path=${`variants.${at}.actions.${place}`}
  change=${(next: Action) => setActions(actions.map((one, other) => (other === place ? next : one)))}
  remove=${() => setActions(actions.filter((_, other) => other !== place))} />`,
)}
<div class="actions">${actions.length < 10 && html`<button type="button" class="link" onClick=${() => setActions([...actions, actions.length === 0 ? NEW_ACTIONS.strategy : NEW_ACTIONS.boost])}>${actions.length === 0 ? 'Change something …' : 'And also …'}</button>`}
${remove && html`<button type="button" class="small danger" onClick=${remove}>Take the variant out</button>`}</div></div>`;
}
