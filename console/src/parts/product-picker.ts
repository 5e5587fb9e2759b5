import { useEffect, useId, useState } from 'preact/hooks';
import type { Item } from '../../../core/catalog/item.ts';
import { call } from '../base/client.ts';
import { html } from '../base/html.ts';

const WAIT_MS = 150;
const MAX_FOUND = 8;

/** Titles of products that the console has met, by id. */
const titles = new Map<string, Item>();

interface PickerProps {
  readonly label: string;
  readonly chosen: readonly string[];
  readonly change: (ids: readonly string[]) => void;
  readonly max: number;
}

/** Products by id, in order: found by their words, taken out again. */
export function ProductPicker({ label, chosen, change, max }: PickerProps) {
  const id = useId();
  const [text, setText] = useState('');
  const [found, setFound] = useState<readonly Item[]>([]);
  const [at, setAt] = useState(0);
  const known = useTitles(chosen);
  useEffect(() => {
    if (text.trim() === '') {
      setFound([]);
      return;
    }
    const timer = setTimeout(async () => {
      const query = new URLSearchParams({ q: text, limit: String(MAX_FOUND) });
      const { items } = await call<{ items: Item[] }>('GET', `/api/catalog?${query}`).catch(() => ({ items: [] }));
      for (const item of items) titles.set(item.id, item);
      setFound(items);
      setAt(0);
    }, WAIT_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const take = (item: Item | undefined) => {
    if (!item) return;
    if (!chosen.includes(item.id)) change([...chosen, item.id].slice(0, max));
    setText('');
  };
  const keyed = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt(Math.min(found.length - 1, at + 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(0, at - 1));
    else if (event.key === 'Enter') take(found[at]);
    else if (event.key === 'Escape') setText('');
    else return;
    event.preventDefault();
  };
  const isOpen = found.length > 0 && text !== '';
  return html`<div class="field">
<label for=${id}>${label}</label>
${
  chosen.length > 0 &&
  html`<ul class="chips" aria-label="Chosen products">${chosen.map((one) => {
    const item = known.get(one);
    return html`<li key=${one} class="chip">${item?.image && html`<img src=${item.image} alt="" width="24" height="30" />`}<span>${item?.title ?? one}</span>
<button type="button" class="quiet" aria-label="Take out ${item?.title ?? one}" onClick=${() => change(chosen.filter((other) => other !== one))}>✕</button></li>`;
  })}</ul>`
}
<div class="completing">
<input id=${id} type="search" value=${text} placeholder="Search by words or id" autocomplete="off" role="combobox" aria-autocomplete="list" aria-expanded=${isOpen} aria-controls="${id}-list"
  aria-activedescendant=${isOpen ? `${id}-${at}` : undefined} onInput=${(event: InputEvent) => setText((event.currentTarget as HTMLInputElement).value)} onKeyDown=${keyed} />
<ul id="${id}-list" class="options products" role="listbox" aria-label="Products found" hidden=${!isOpen}>${found.map(
    (item, place) =>
      html`<li key=${item.id} id="${id}-${place}" role="option" aria-selected=${place === at} onMouseDown=${(
        event: MouseEvent,
      ) => {
        event.preventDefault();
        take(item);
      }}>${item.image ? html`<img src=${item.image} alt="" width="32" height="40" />` : html`<span class="no-picture"></span>`}<span>${item.title}<small>${item.id}${item.available ? '' : ' · not available'}</small></span></li>`,
  )}</ul></div></div>`;
}

/** What the catalogue says of these products, as far as it is known by now. */
function useTitles(ids: readonly string[]): ReadonlyMap<string, Item> {
  const [, setCount] = useState(0);
  const missing = ids.filter((one) => !titles.has(one)).join('\n');
  useEffect(() => {
    for (const one of missing === '' ? [] : missing.split('\n'))
      call<{ item: Item }>('GET', `/api/catalog/${encodeURIComponent(one)}`).then(
        ({ item }) => {
          titles.set(one, item);
          setCount((count) => count + 1);
        },
        () => undefined,
      );
  }, [missing]);
  return titles;
}
