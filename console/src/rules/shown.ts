import { useEffect, useRef } from 'preact/hooks';
import { html } from '../base/html.ts';
import type { Previewed } from './previewed.ts';

const TIERS: Readonly<Record<string, string>> = {
  live: 'from his live profile',
  last_known: 'from the last profile known',
  popular: 'from what is popular',
  baseline: 'from the catalogue',
};
const WHY: Readonly<Record<string, string>> = {
  switched_off: 'rules are off',
  disabled: 'is off',
  other_slot: 'is for other slots',
  other_variant: 'is for who was given that variant',
  schedule: 'not at this time',
  condition: 'not for this visitor',
};
const REMOVED: Readonly<Record<string, string>> = {
  unavailable: 'not available',
  variant: 'another variant is shown',
  page: 'is the page’s own product',
  seen: 'he has seen it',
  bought: 'he has bought it',
  filter: 'the slot’s filter',
};

interface ShownProps {
  readonly title: string;
  readonly shown: Previewed;
  /** What stood there before: what is new or moved is marked. */
  readonly before?: Previewed;
}

/** What a slot shows: its products with why, the page's own HTML, and how it came about. */
export function Shown({ title, shown, before }: ShownProps) {
  const { items, explanation, tier, heading } = shown;
  const places = new Map(before?.items.map(({ id }, at) => [id, at]));
  const rulesOf = (id: string) => explanation?.items.find(({ item }) => item === id)?.rules ?? [];
  const markOf = (id: string, at: number) => {
    const was = places.get(id);
    return before && (was === undefined ? 'new' : was > at ? 'moved up' : undefined);
  };
  const ids = new Set(items.map(({ id }) => id));
  const gone = before?.items.filter(({ id }) => !ids.has(id)) ?? [];
  return html`<section class="shown" aria-label=${title}>
<h3>${title}</h3>
<p class="muted">${heading && html`<b>${heading}</b> · `}${items.length} ${items.length === 1 ? 'product' : 'products'} ${TIERS[tier] ?? tier}</p>
${items.length === 0 && html`<p class="empty-slot">Nothing: the page shows its own content.</p>`}
<ol class="products">${items.map(({ id, title: name, image, reason }, at) => {
    const mark = markOf(id, at);
    return html`<li key=${id} data-product=${id}>${image ? html`<img src=${image} alt="" width="40" height="50" loading="lazy" />` : html`<span class="no-picture"></span>`}
<div><span class="product-name">${name}</span><span class="muted">${reason.text}</span>${rulesOf(id).map((rule) => html`<span class="mark">${rule}</span>`)}${mark && html`<span class="mark ${mark === 'new' ? 'new' : ''}">${mark}</span>`}</div></li>`;
  })}</ol>
${gone.length > 0 && html`<p class="muted">No more: ${gone.map(({ title: name }) => name).join(', ')}</p>`}
<${Explained} shown=${shown} />
<details><summary>As the page gets it</summary><${Fragment} markup=${shown.html} /></details></section>`;
}

/** How it came about, from the strategies to what was taken out. */
export function Explained({ shown: { explanation, tier, reason } }: { readonly shown: Previewed }) {
  if (!explanation) return null;
  const { strategies, rungs, rules, removed } = explanation;
  return html`<details class="why"><summary>Why</summary><dl>
<dt>Strategies</dt><dd>${strategies.join(', then ')}; served as <code>${tier}</code>, because <code>${reason}</code></dd>
<dt>Candidates</dt><dd><ul>${rungs.map(({ kind, candidates, error }) => html`<li>${kind}: ${candidates}${error && html` <span class="bad">${error}</span>`}</li>`)}</ul></dd>
<dt>Rules</dt><dd>${rules.length === 0 ? 'none' : html`<ul>${rules.map(({ rule, holds, why, error }) => html`<li><span class=${holds ? 'good' : 'muted'}>${holds ? '✓' : '–'} ${rule}</span>${!holds && ` ${WHY[why] ?? why}`}${error && html` <span class="bad">${error}</span>`}</li>`)}</ul>`}</dd>
${
  removed.length > 0 &&
  html`<dt>Taken out</dt><dd><ul>${removed.slice(0, 50).map(({ item, by }) => html`<li><code>${item}</code> ${REMOVED[by] ?? by}</li>`)}</ul>${removed.length > 50 && `and ${removed.length - 50} more`}</dd>`
}</dl></details>`;
}

/** The fragment in a tree of its own, with the styles of slots and of nothing else; its links lead nowhere. */
function Fragment({ markup }: { readonly markup: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const root = place.current?.shadowRoot ?? place.current?.attachShadow({ mode: 'open' });
    if (!root) return;
    const style = document.createElement('link');
    style.rel = 'stylesheet';
    style.href = '/v/slots.css';
    const body = document.createElement('div');
    body.innerHTML = markup;
    root.replaceChildren(style, body);
  }, [markup]);
  return html`<div class="fragment" ref=${place} inert></div>`;
}
