import { useState } from 'preact/hooks';
import { html } from '../base/html.ts';
import { follow } from '../base/router.ts';
import { actionWords, audienceOf, faultsAt, inOrder, moveRule } from './model.ts';
import type { Draft } from './use-draft.ts';

interface ListProps {
  readonly draft: Draft;
  readonly rule: string | undefined;
  readonly slot: string | undefined;
  readonly addRule: () => void;
  readonly addSlot: () => void;
}

/** Rules in the order in which they hold, to be dragged or moved by keys, and slots. */
export function RuleList({ draft, rule: shown, slot, addRule, addSlot }: ListProps) {
  const { document, faults, change } = draft;
  const [dragged, setDragged] = useState<number | undefined>(undefined);
  const [over, setOver] = useState<number | undefined>(undefined);
  const ordered = inOrder(document.rules);
  const move = (from: number, to: number) => {
    if (to >= 0 && to < ordered.length && from !== to)
      change((now) => ({ ...now, rules: moveRule(now.rules, from, to) }));
  };
  const keyed = (event: KeyboardEvent, place: number) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    move(place, place + (event.key === 'ArrowUp' ? -1 : 1));
  };
  return html`<nav class="entries" aria-label="Slots and rules">
<div class="entries-head"><h2>Rules</h2><button type="button" class="small" onClick=${addRule}>New rule</button></div>
${ordered.length === 0 && html`<p class="muted">None yet.</p>`}
<ol class="rule-list">${ordered.map(({ rule, at }, place) => {
    const mistakes = faultsAt(faults, `rules.${at}`, true).length;
    const audience = audienceOf(rule.when);
    const whom =
      audience.kind === 'everyone'
        ? 'everyone'
        : audience.kind === 'segment'
          ? `segment ${audience.segment}`
          : 'a condition';
    return html`<li key=${rule.name} draggable=${true} class=${over === place && dragged !== place ? 'over' : ''} data-off=${!rule.enabled || !document.active}
onDragStart=${(event: DragEvent) => {
      setDragged(place);
      event.dataTransfer?.setData('text/plain', rule.name);
    }} onDragOver=${(event: DragEvent) => {
      event.preventDefault();
      setOver(place);
    }} onDrop=${(event: DragEvent) => {
      event.preventDefault();
      if (dragged !== undefined) move(dragged, place);
    }} onDragEnd=${() => {
      setDragged(undefined);
      setOver(undefined);
    }}>
<a href=${`/console/rules?rule=${encodeURIComponent(rule.name)}`} onClick=${follow} onKeyDown=${(event: KeyboardEvent) => keyed(event, place)} aria-current=${rule.name === shown ? 'true' : undefined}>
<span class="entry-name">${rule.name}</span>
<span class="entry-what">${whom}: ${rule.actions.map(actionWords).join(', ')}</span>
<span class="entry-marks">${!rule.enabled && html`<span class="mark">off</span>`}${rule.schedule && html`<span class="mark">scheduled</span>`}${mistakes > 0 && html`<span class="mark bad">${mistakes === 1 ? '1 mistake' : `${mistakes} mistakes`}</span>`}</span></a>
<span class="movers"><button type="button" class="quiet" aria-label="Move ${rule.name} up" disabled=${place === 0} onClick=${() => move(place, place - 1)}>↑</button><button type="button" class="quiet" aria-label="Move ${rule.name} down" disabled=${place === ordered.length - 1} onClick=${() => move(place, place + 1)}>↓</button></span></li>`;
  })}</ol>
<div class="entries-head"><h2>Slots</h2><button type="button" class="small" onClick=${addSlot}>Define a slot</button></div>
${Object.keys(document.slots).length === 0 && html`<p class="muted">None is defined: each shows what its page asks for.</p>`}
<ul class="slot-list">${Object.keys(document.slots)
    .sort()
    .map((name) => {
      const mistakes = faultsAt(faults, `slots.${name}`, true).length;
      return html`<li key=${name}><a href=${`/console/rules?slot=${encodeURIComponent(name)}`} onClick=${follow} aria-current=${name === slot ? 'true' : undefined}><span class="entry-name">${name}</span>${mistakes > 0 && html`<span class="mark bad">${mistakes === 1 ? '1 mistake' : `${mistakes} mistakes`}</span>`}</a></li>`;
    })}</ul></nav>`;
}
