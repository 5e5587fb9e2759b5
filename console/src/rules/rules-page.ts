import { useMemo, useState } from 'preact/hooks';
import { html } from '../base/html.ts';
import { go, usePlace } from '../base/router.ts';
import { HistoryDialog } from './history-dialog.ts';
import { freeName, inOrder, NEW_ACTIONS, NEW_SLOT } from './model.ts';
import { Preview } from './preview.ts';
import { PublishDialog } from './publish-dialog.ts';
import { RuleForm } from './rule-form.ts';
import { RuleList } from './rule-list.ts';
import { SlotForm } from './slot-form.ts';
import { type Draft, useDraft } from './use-draft.ts';

/** Slots and rules: what there is, what is chosen of it, and what it would show. */
export function RulesPage() {
  const draft = useDraft();
  if (typeof draft === 'string')
    return draft === ''
      ? html`<p class="waiting" role="status">Loading …</p>`
      : html`<p class="error" role="alert">${draft}</p>`;
  return html`<${Loaded} draft=${draft} />`;
}

function Loaded({ draft }: { readonly draft: Draft }) {
  const { query } = usePlace();
  const [dialog, setDialog] = useState<'publish' | 'history' | undefined>(undefined);
  const { document, change } = draft;
  const [kind, name] = query.has('slot') ? ['slot', query.get('slot')] : ['rule', query.get('rule')];
  const ordered = useMemo(() => inOrder(document.rules), [document.rules]);
  const rule =
    kind === 'rule'
      ? (ordered.find((one) => one.rule.name === name) ?? (name === null ? ordered[0] : undefined))
      : undefined;
  const slot = kind === 'slot' && name !== null && Object.hasOwn(document.slots, name) ? name : undefined;

  const addRule = () => {
    const fresh = freeName(
      'New rule',
      document.rules.map((one) => one.name),
    );
    const priority = ordered[0]?.rule.priority ?? 0;
    change((now) => ({
      ...now,
      rules: [{ name: fresh, enabled: true, priority, actions: [NEW_ACTIONS.pin] }, ...now.rules],
    }));
    go(`/rules?rule=${encodeURIComponent(fresh)}`);
  };
  const addSlot = () => {
    const fresh = freeName('new-slot', Object.keys(document.slots)).replaceAll(' ', '-');
    change((now) => ({ ...now, slots: { ...now.slots, [fresh]: NEW_SLOT } }));
    go(`/rules?slot=${fresh}`);
  };
  return html`<div class="rules-page">
<${Bar} draft=${draft} open=${setDialog} />
<div class="columns">
<${RuleList} draft=${draft} rule=${rule?.rule.name} slot=${slot} addRule=${addRule} addSlot=${addSlot} />
<section class="editor card" aria-label="Edit" key=${`${kind} ${rule?.at ?? slot}`}>${
    rule
      ? html`<${RuleForm} draft=${draft} at=${rule.at} />`
      : slot
        ? html`<${SlotForm} draft=${draft} name=${slot} />`
        : html`<${Nothing} addRule=${addRule} addSlot=${addSlot} />`
  }</section>
<${Preview} draft=${draft} slot=${slot ?? rule?.rule.slots?.[0]} />
</div>
${dialog === 'publish' && html`<${PublishDialog} draft=${draft} close=${() => setDialog(undefined)} />`}
${dialog === 'history' && html`<${HistoryDialog} draft=${draft} close=${() => setDialog(undefined)} />`}
</div>`;
}

function Nothing({ addRule, addSlot }: { readonly addRule: () => void; readonly addSlot: () => void }) {
  return html`<div class="empty"><h2>Nothing is chosen</h2>
<p>A <b>rule</b> changes what slots show: it pins products, shows more or less of some, or another banner, for whom and when you say.</p>
<p>A <b>slot</b> is a place on your pages. Until you define it, it shows what the page asks for.</p>
<p><button type="button" class="primary" onClick=${addRule}>New rule</button> <button type="button" onClick=${addSlot}>Define a slot</button></p></div>`;
}

const SAVING = { saved: 'Draft saved', waits: 'Saving …', refused: 'Not saved', failed: 'Not saved' } as const;

function Bar({ draft, open }: { readonly draft: Draft; readonly open: (dialog: 'publish' | 'history') => void }) {
  const { version, isDraft, saving, faults, error, change, document } = draft;
  const inForce = version === 0 ? 'Nothing is published yet' : `Version ${version} is in force`;
  const count = faults.length === 1 ? '1 mistake' : `${faults.length} mistakes`;
  return html`<header class="bar">
<h1>Slots and rules</h1>
<p role="status" class="status ${saving}"><span>${inForce}.</span> ${(isDraft || saving !== 'saved') && html`<span>${SAVING[saving]}${saving === 'refused' ? `: ${count}` : ''}${error && `: ${error}`}.</span>`}</p>
<div class="actions">
<label class="check"><input type="checkbox" role="switch" checked=${document.active} onChange=${() => change((now) => ({ ...now, active: !now.active }))} /><span>Rules on</span></label>
<button type="button" onClick=${() => open('history')}>History</button>
<button type="button" disabled=${!isDraft && saving === 'saved'} onClick=${draft.discard}>Discard draft</button>
<button type="button" class="primary" disabled=${!isDraft || saving === 'refused' || saving === 'failed'} onClick=${() => open('publish')}>Publish …</button>
</div></header>`;
}
