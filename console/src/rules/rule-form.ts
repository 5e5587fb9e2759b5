import { useState } from 'preact/hooks';
import type { Action, Merchandising, Rule } from '../../../core/merchandising/document.ts';
import { html } from '../base/html.ts';
import { go } from '../base/router.ts';
import { ConditionField } from '../parts/condition-field.ts';
import { CheckField, Faults, SelectField, TextField } from '../parts/field.ts';
import { ActionForm } from './action-form.ts';
import { type Audience, audienceOf, faultsAt, NEW_ACTIONS, slotNames } from './model.ts';
import { ScheduleForm } from './schedule-form.ts';
import type { Draft } from './use-draft.ts';

/** A rule: where, for whom, when, and what it does. */
export function RuleForm({ draft, at }: { readonly draft: Draft; readonly at: number }) {
  const { document, faults, change } = draft;
  const rule = document.rules[at];
  if (!rule) return null;
  const path = `rules.${at}`;
  const set = (make: (now: Rule) => Rule) =>
    change((now) => ({ ...now, rules: now.rules.map((one, place) => (place === at ? make(one) : one)) }));
  const rename = (name: string) => {
    set((now) => ({ ...now, name }));
    go(`/rules?rule=${encodeURIComponent(name)}`, true);
  };
  const remove = () => {
    change((now) => ({ ...now, rules: now.rules.filter((_, place) => place !== at) }));
    go('/rules', true);
  };
  return html`<div class="form">
<header class="form-head"><${TextField} label="Name of the rule" value=${rule.name} change=${rename} faults=${faultsAt(faults, `${path}.name`)} />
<${CheckField} label="On" checked=${rule.enabled} change=${(enabled: boolean) => set((now) => ({ ...now, enabled }))} /></header>
<${Faults} faults=${faultsAt(faults, path)} />
<${Where} rule=${rule} document=${document} set=${set} />
<${Whom} draft=${draft} rule=${rule} at=${at} set=${set} />
<${ScheduleForm} schedule=${rule.schedule} faults=${faultsAt(faults, `${path}.schedule`, true)} change=${(schedule: Rule['schedule']) => set((now) => withoutNothing({ ...now, schedule }))} />
<fieldset class="group"><legend>What it does</legend>
${rule.actions.map(
  (
    action,
    place,
  ) => html`<${ActionForm} key=${place} draft=${draft} action=${action} rule=${rule} path=${`${path}.actions.${place}`}
  change=${(next: Action) => set((now) => ({ ...now, actions: now.actions.map((one, other) => (other === place ? next : one)) }))}
  remove=${rule.actions.length > 1 ? () => set((now) => ({ ...now, actions: now.actions.filter((_, other) => other !== place) })) : undefined} />`,
)}
${rule.actions.length < 10 && html`<button type="button" class="link" onClick=${() => set((now) => ({ ...now, actions: [...now.actions, NEW_ACTIONS.boost] }))}>And also …</button>`}</fieldset>
<footer class="form-foot"><button type="button" class="danger" onClick=${remove}>Delete the rule</button></footer></div>`;
}

interface PartProps {
  readonly rule: Rule;
  readonly set: (make: (now: Rule) => Rule) => void;
}

function Where({ rule, document, set }: PartProps & { readonly document: Merchandising }) {
  const [other, setOther] = useState('');
  const names = slotNames(document);
  const chosen = rule.slots ?? [];
  const choose = (slots: readonly string[]) =>
    set((now) => withoutNothing({ ...now, slots: slots.length === 0 ? undefined : [...slots] }));
  const add = () => {
    const name = other.trim();
    if (/^[a-z0-9][a-z0-9_-]{0,63}$/i.test(name) && !chosen.includes(name)) choose([...chosen, name]);
    setOther('');
  };
  return html`<fieldset class="group"><legend>Where</legend>
<div class="choices"><${CheckField} label="In every slot" checked=${rule.slots === undefined} change=${(all: boolean) => choose(all ? [] : names.slice(0, 1))} />
${names.map(
  (name) =>
    html`<${CheckField} key=${name} label=${name} checked=${chosen.includes(name)} change=${(on: boolean) => choose(on ? [...chosen, name] : chosen.filter((one) => one !== name))} />`,
)}</div>
<div class="inline"><input aria-label="Name of another slot" placeholder="Another slot, e.g. home-for-you" value=${other} onInput=${(event: InputEvent) => setOther((event.currentTarget as HTMLInputElement).value)} onKeyDown=${(
    event: KeyboardEvent,
  ) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    add();
  }} /><button type="button" class="small" onClick=${add} disabled=${other.trim() === ''}>Add</button></div></fieldset>`;
}

const FOR_WHOM = [
  ['everyone', 'Everyone'],
  ['segment', 'A segment'],
  ['condition', 'A condition'],
] as const;

function Whom({ draft, rule, at, set }: PartProps & { readonly draft: Draft; readonly at: number }) {
  const { names, faults } = draft;
  const read = audienceOf(rule.when);
  // A condition that is being written may look like a segment for a moment.
  const [kind, setKind] = useState<Audience['kind']>(read.kind);
  const say = (when: string | undefined) => set((now) => withoutNothing({ ...now, when }));
  const choose = (next: Audience['kind']) => {
    setKind(next);
    if (next === 'everyone') say(undefined);
    else if (next === 'segment')
      say(`segments.${read.kind === 'segment' ? read.segment : (names.segments[0] ?? 'name')}`);
    else say(rule.when ?? 'visitor.known');
  };
  const segments = names.segments.map((one) => [one, one] as const);
  const own = faultsAt(faults, `rules.${at}.when`);
  return html`<fieldset class="group"><legend>For whom</legend>
<div class="choices" role="radiogroup" aria-label="For whom">${FOR_WHOM.map(
    ([value, text]) =>
      html`<label class="check" key=${value}><input type="radio" name=${`whom-${at}`} checked=${kind === value} onChange=${() => choose(value)} /><span>${text}</span></label>`,
  )}</div>
${
  kind === 'segment' &&
  (segments.length === 0
    ? html`<p class="muted">This site has no segments yet. <a href="/docs">The API</a> defines them under <code>/api/segments</code>.</p>`
    : html`<${SelectField} label="Segment" value=${read.kind === 'segment' ? read.segment : ''} options=${segments} faults=${own} change=${(segment: string) => say(`segments.${segment}`)} />`)
}
${
  kind === 'condition' &&
  html`<${ConditionField} label="Condition" value=${rule.when ?? ''} names=${names} variables=${['visitor', 'segments', 'attributes', 'context']} faults=${own}
  placeholder='visitor.orders > 0 && context.device == "mobile"' change=${(when: string) => say(when === '' ? undefined : when)} />`
}</fieldset>`;
}

/** Members that say nothing are not there: the document takes no undefined. */
function withoutNothing(rule: { readonly [Key in keyof Rule]: Rule[Key] | undefined }): Rule {
  return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined)) as Rule;
}
