import { useEffect, useRef, useState } from 'preact/hooks';
import type { Item } from '../../../core/catalog/item.ts';
import { call, wordsOf } from '../base/client.ts';
import { html } from '../base/html.ts';
import { follow, go, usePlace } from '../base/router.ts';
import { Feeds } from './feeds.ts';
import { moneyWords } from './money-words.ts';
import { ProductView } from './product-view.ts';

const PAGE_SIZE = 50;
const WAIT_MS = 200;

interface Page {
  readonly items: readonly Item[];
  readonly next: string | null;
  readonly total: number;
  readonly shown: number;
}

/** The products: found by words, looked at, and where they come from. */
export function CataloguePage() {
  const { query } = usePlace();
  const words = query.get('q') ?? '';
  const chosen = query.get('product');
  const [page, setPage] = useState<Page | undefined>(undefined);
  const [error, setError] = useState('');
  const detail = useRef<HTMLElement>(null);
  useEffect(() => {
    const timer = setTimeout(
      () => read(words, '').then(setPage, (fault) => setError(wordsOf(fault))),
      page ? WAIT_MS : 0,
    );
    return () => clearTimeout(timer);
  }, [words]);
  useEffect(() => {
    if (chosen !== null && matchMedia('(max-width: 60rem)').matches) detail.current?.scrollIntoView();
  }, [chosen]);
  const more = async () => {
    if (!page?.next) return;
    const next = await read(words, page.next);
    setPage({ ...next, items: [...page.items, ...next.items] });
  };
  const linkTo = (id: string) =>
    `/catalogue?${new URLSearchParams({ ...(words !== '' && { q: words }), product: id })}`;
  return html`<div class="catalogue-page">
<header class="bar"><h1>Catalogue</h1>
<p class="status" role="status">${page && `${page.total.toLocaleString()} products, ${page.shown.toLocaleString()} of them may be shown.`}</p></header>
<p class="error" role="alert">${error}</p>
<${Feeds} />
<div class="columns two">
<section class="card found" aria-label="Products">
<div class="field"><label for="search">Search</label><input id="search" type="search" value=${words} placeholder="Words of the title, brand, category, or an id" onInput=${(
    event: InputEvent,
  ) => {
    const q = (event.currentTarget as HTMLInputElement).value;
    go(`/catalogue${q === '' ? '' : `?${new URLSearchParams({ q })}`}`, true);
  }} /></div>
${page?.items.length === 0 && html`<p class="muted">${words === '' ? html`There are no products yet: define a feed, or upload them with <code>POST /api/catalog</code>.` : 'No product has all of these words.'}</p>`}
<ul class="product-list">${page?.items.map(
    (
      item,
    ) => html`<li key=${item.id}><a href=${`/console${linkTo(item.id)}`} onClick=${follow} aria-current=${item.id === chosen ? 'true' : undefined}>
${item.image ? html`<img src=${item.image} alt="" width="40" height="50" loading="lazy" />` : html`<span class="no-picture"></span>`}
<span class="product-text"><span class="product-name">${item.title}</span><span class="muted">${[item.brand, item.category, item.id].filter(Boolean).join(' · ')}</span></span>
<span class="product-price">${moneyWords(item.sale?.price ?? item.price)}${!item.available && html`<span class="mark bad">not available</span>`}</span></a></li>`,
  )}</ul>
${page?.next && html`<button type="button" onClick=${more}>More</button>`}</section>
<section class="card" ref=${detail} aria-label="Product" key=${chosen}>${chosen === null ? html`<p class="muted">Choose a product to see what rules see of it, and why it is or is not shown.</p>` : html`<${ProductView} id=${chosen} />`}</section>
</div></div>`;
}

function read(words: string, after: string): Promise<Page> {
  const query = new URLSearchParams({ limit: String(PAGE_SIZE), ...(words.trim() !== '' ? { q: words } : { after }) });
  return call('GET', `/api/catalog?${query}`);
}
