import type { Action, Rule } from '../../../core/merchandising/document.ts';
import { html } from '../base/html.ts';
import { ConditionField } from '../parts/condition-field.ts';
import { Faults, NumberField, SelectField } from '../parts/field.ts';
import { ProductPicker } from '../parts/product-picker.ts';
import { ACTION_NAMES, faultsAt, NEW_ACTIONS, RANKER_NAMES, STRATEGY_NAMES } from './model.ts';
import type { Draft } from './use-draft.ts';

interface ActionProps {
  readonly draft: Pick<Draft, 'document' | 'names' | 'faults'>;
  readonly action: Action;
  /** Where it holds. */
  readonly rule: Pick<Rule, 'slots'>;
  readonly path: string;
  readonly change: (action: Action) => void;
  readonly remove: (() => void) | undefined;
}

/** One thing that a rule, or a variant of an experiment, does. */
export function ActionForm({ draft, action, rule, path, change, remove }: ActionProps) {
  const { faults } = draft;
  const choose = (kind: string) => {
    const fresh = NEW_ACTIONS[kind as Action['do']];
    change('where' in action && 'where' in fresh ? { ...fresh, where: action.where } : fresh);
  };
  return html`<div class="action">
<div class="action-head"><${SelectField} label="Do" value=${action.do} options=${Object.entries(ACTION_NAMES)} change=${choose} />
${remove && html`<button type="button" class="quiet" aria-label="Take this out" onClick=${remove}>✕</button>`}</div>
<${Faults} faults=${faultsAt(faults, path)} />
<${Details} draft=${draft} action=${action} rule=${rule} path=${path} change=${change} /></div>`;
}

function Details({ draft, action, rule, path, change }: Omit<ActionProps, 'remove'>) {
  const { names, faults, document } = draft;
  const own = (member: string) => faultsAt(faults, `${path}.${member}`);
  switch (action.do) {
    case 'pin':
      return html`<${ProductPicker} label="Products" chosen=${action.items} max=${20} change=${(items: readonly string[]) => change({ ...action, items: [...items] })} />
<${Faults} faults=${own('items')} />
<${NumberField} label="Place of the first one" value=${action.place} min=${1} max=${50} faults=${own('place')} change=${(place: number) => change({ ...action, place })} />`;
    case 'boost':
    case 'bury':
      return html`<${ConditionField} label="Products for which" value=${action.where} names=${names} variables=${['item']} faults=${own('where')} placeholder='item.brand == "Loom"' change=${(where: string) => change({ ...action, where })} />
<${NumberField} label=${action.do === 'boost' ? 'Times as much' : 'Times less'} value=${action.by} min=${1} max=${100} step=${0.1} faults=${own('by')} change=${(by: number) => change({ ...action, by })} />`;
    case 'exclude':
      return html`<${ConditionField} label="Products for which" value=${action.where} names=${names} variables=${['item']} faults=${own('where')} placeholder='item.category == "gifts"' change=${(where: string) => change({ ...action, where })} />`;
    case 'strategy':
      return html`<${SelectField} label="Way" value=${action.strategy} options=${Object.entries(STRATEGY_NAMES)} faults=${own('strategy')} change=${(strategy: typeof action.strategy) => change({ ...action, strategy })} />`;
    case 'ranker':
      return html`<${SelectField} label="Ranker" value=${action.ranker} options=${Object.entries(RANKER_NAMES)} faults=${own('ranker')} change=${(ranker: typeof action.ranker) => change({ ...action, ranker })} />`;
    case 'content': {
      const slots = rule.slots ?? Object.keys(document.slots);
      const banners = [...new Set(slots.flatMap((slot) => Object.keys(document.slots[slot]?.content ?? {})))];
      const options = [
        ['', banners.length === 0 ? 'No slot of this rule has a banner' : 'Choose a banner'],
        ...banners.map((one) => [one, one]),
      ];
      return html`<${SelectField} label="Banner" value=${action.content} options=${options} faults=${own('content')} help="Banners are defined with their slot." change=${(content: string) => change({ ...action, content })} />`;
    }
  }
}
