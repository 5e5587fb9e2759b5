import { useEffect, useState } from 'preact/hooks';
import type { Item } from '../../../core/catalog/item.ts';
import type { ServedItem } from '../../../core/catalog/served-item.ts';
import type { Merchandising } from '../../../core/merchandising/document.ts';
import { call, wordsOf } from '../base/client.ts';
import { html } from '../base/html.ts';
import { TextField } from '../parts/field.ts';
import { slotNames } from '../rules/model.ts';
import { type PretendedVisitor, type Previewed, preview, SOMEBODY_NEW } from '../rules/previewed.ts';
import { Explained } from '../rules/shown.ts';
import { VisitorForm } from '../rules/visitor-form.ts';
import { moneyWords } from './money-words.ts';

interface Read {
  readonly item: Item;
  readonly served: ServedItem | null;
  readonly seen: Readonly<Record<string, unknown>> | null;
}

/** One product: as visitors get it, as rules see it, and what becomes of it in a slot. */
export function ProductView({ id }: { readonly id: string }) {
  const [read, setRead] = useState<Read | undefined>(undefined);
  const [error, setError] = useState('');
  useEffect(() => {
    call<Read>('GET', `/api/catalog/${encodeURIComponent(id)}`).then(setRead, (fault) => setError(wordsOf(fault)));
  }, [id]);
  if (error) return html`<p class="error" role="alert">${error}</p>`;
  if (!read) return html`<p class="waiting" role="status">Loading …</p>`;
  const { item, served, seen } = read;
  return html`<article class="product">
<header>${item.image && html`<img src=${item.image} alt="" width="96" height="120" />`}
<div><h2>${item.title}</h2><p class="muted">${item.id}</p>
<p>${served?.salePrice ? html`<ins>${moneyWords(served.salePrice)}</ins> <del>${moneyWords(served.price)}</del>` : moneyWords(item.price)}</p>
<p>${served ? html`<span class="mark good">may be shown</span>` : html`<span class="mark bad">is never shown: not available</span>`} ${item.availability && html`<span class="mark">${item.availability.replaceAll('_', ' ')}</span>`}</p>
<p><a href=${item.url} target="_blank" rel="noreferrer">Its page</a></p></div></header>
<h3>As rules see it</h3>
${seen ? html`<${Members} value=${seen} name="item" />` : html`<p class="muted">Rules never see what may not be shown.</p>`}
<${Fate} id=${id} />
<details><summary>As it is kept</summary><pre>${JSON.stringify(item, null, 2)}</pre></details></article>`;
}

function Members({ value, name }: { readonly value: Readonly<Record<string, unknown>>; readonly name: string }) {
  const rows = Object.entries(value).flatMap(([member, one]): [string, unknown][] =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.entries(one).map(([inner, deep]) => [`${name}.${member}.${inner}`, deep])
      : [[`${name}.${member}`, one]],
  );
  return html`<dl class="members">${rows.map(([member, one]) => html`<div><dt><code>${member}</code></dt><dd><code>${JSON.stringify(one)}</code></dd></div>`)}</dl>`;
}

const REMOVED: Readonly<Record<string, string>> = {
  variant: 'Another product of its group stands there.',
  page: 'It is the product of the page itself.',
  seen: 'The visitor has seen it, and this slot hides what he has seen.',
  bought: 'The visitor has bought it.',
  filter: 'The filter of the slot does not hold for it.',
};

/** Why it is, or is not, in a slot for a visitor. */
function Fate({ id }: { readonly id: string }) {
  const [names, setNames] = useState<readonly string[]>([]);
  const [segments, setSegments] = useState<readonly string[]>([]);
  const [slot, setSlot] = useState('home-for-you');
  const [visitor, setVisitor] = useState<PretendedVisitor>(SOMEBODY_NEW);
  const [shown, setShown] = useState<Previewed | undefined>(undefined);
  const [error, setError] = useState('');
  useEffect(() => {
    call<{ document: Merchandising }>('GET', '/api/merchandising').then(
      ({ document }) => {
        const all = slotNames(document);
        setNames(all);
        if (all[0]) setSlot(all[0]);
      },
      () => undefined,
    );
    call<{ segments: string[] }>('GET', '/api/merchandising/names').then(
      (read) => setSegments(read.segments),
      () => undefined,
    );
  }, []);
  const ask = (event: SubmitEvent) => {
    event.preventDefault();
    preview(slot, false, visitor, id).then(
      (read) => {
        setShown(read);
        setError('');
      },
      (fault) => setError(wordsOf(fault)),
    );
  };
  return html`<form class="group fate" onSubmit=${ask}><h3>Why is it shown, or not?</h3>
<${TextField} label="In the slot" value=${slot} list=${names} change=${setSlot} />
<${VisitorForm} visitor=${visitor} segments=${segments} change=${setVisitor} />
<button>Ask</button>
<p class="error" role="alert">${error}</p>
${shown?.product && html`<p class="verdict" role="status">${verdict(shown.product)}</p><${Explained} shown=${shown} />`}</form>`;
}

function verdict({ state, place, by = '' }: NonNullable<Previewed['product']>): string {
  switch (state) {
    case 'shown':
      return `It is shown, at place ${place}.`;
    case 'unavailable':
      return 'It is not shown: it is not available, or not in the catalogue.';
    case 'removed':
      return `It is not shown. ${REMOVED[by] ?? `The ${by.replace(/^rule: (.*)$/, 'rule “$1”')} takes it out.`}`;
    default:
      return 'It is not shown: others came before it, and no strategy came upon it.';
  }
}
