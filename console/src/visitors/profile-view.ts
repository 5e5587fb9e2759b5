import type { ComponentChildren } from 'preact';
import { html } from '../base/html.ts';
import { follow } from '../base/router.ts';
import { timeWords } from '../parts/time-words.ts';
import { becauseWords, type Person } from './model.ts';

/** What is known of a person. */
export function ProfileView({ person }: { readonly person: Person }) {
  const { firstSeenAt, lastSeenAt, sessions, counts, cart, orders, affinities, recentItems, links, home } = person;
  const kinds = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return html`<section class="card" aria-labelledby="profile"><h2 id="profile">Profile</h2>
<dl class="facts">
<${Fact} name="First seen">${when(firstSeenAt)}</${Fact}>
<${Fact} name="Last seen">${when(lastSeenAt)}</${Fact}>
<${Fact} name="Sessions">${sessions.toLocaleString()}</${Fact}>
<${Fact} name="Events">${listed(kinds.map(([type, count]) => `${type} ${count.toLocaleString()}`))}</${Fact}>
<${Fact} name="Last products">${listed([...new Set(recentItems.map(({ id }) => id))].slice(0, 10))}</${Fact}>
<${Fact} name="In the cart">${listed(cart.map(({ id, quantity }) => (quantity === 1 ? id : `${quantity} × ${id}`)))}</${Fact}>
<${Fact} name="Orders">${listed(orders.slice(0, 10).map(({ id, at, total, currency, attributed }) => `${id}, ${new Date(at).toLocaleDateString()}${total === null ? '' : `, ${total} ${currency ?? ''}`}${attributed ? ` (by ${attributed.slot})` : ''}`))}</${Fact}>
<${Fact} name="Likes">${listed([...affinities.category, ...affinities.brand].slice(0, 8).map(({ key, score }) => `${key} ${score.toFixed(1)}`))}</${Fact}>
</dl></section>
<div class="halves"><section class="card" aria-labelledby="segments"><h2 id="segments">Segments and attributes</h2>${segmentsOf(person)}</section>
<section class="card" aria-labelledby="links"><h2 id="links">Links, traits, consent</h2><dl class="facts">
<${Fact} name="Kept under">${home ?? 'his device: nobody has said who he is'}</${Fact}>
<${Fact} name="Users">${links.users.length === 0 ? 'none' : links.users.map((id) => idLink(id))}</${Fact}>
<${Fact} name="Devices">${links.devices.length === 0 ? 'none' : links.devices.map((id) => idLink(id))}</${Fact}>
<${Fact} name="Traits">${listed(Object.entries(person.traits).map(([name, { value, source }]) => `${name}: ${value} (${source})`))}</${Fact}>
<${Fact} name="Consent">${listed(
    Object.entries(person.consent).map(([purpose, granted]) => `${purpose}: ${granted ? 'granted' : 'refused'}`),
    'nothing decided: the site’s defaults hold',
  )}</${Fact}>
</dl></section></div>`;
}

function segmentsOf({ segments, attributes }: Person) {
  const all = Object.entries(segments);
  return html`${
    all.length === 0
      ? html`<p class="muted">In no segment.</p>`
      : html`<ul class="segments">${all.map(
          ([name, { since, condition, because }]) =>
            html`<li key=${name}><b>${name}</b> <span class="muted">since ${timeWords(new Date(since).toISOString())}</span><br /><code>${condition}</code><br /><span class="muted">${becauseWords(because)}</span></li>`,
        )}</ul>`
  }<dl class="facts">${Object.entries(attributes).map(
    ([name, { value, exact }]) =>
      html`<${Fact} key=${name} name=${name}>${`${value}`}${!exact && html` <span class="mark">a cap was reached</span>`}</${Fact}>`,
  )}</dl>`;
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return html`<dt>${name}</dt><dd>${children}</dd>`;
}

function listed(words: readonly string[], none = 'none') {
  return words.length === 0 ? html`<span class="muted">${none}</span>` : words.join(' · ');
}

function idLink(id: string) {
  return html`<a key=${id} class="id" href=${`/console/visitors?id=${encodeURIComponent(id)}`} onClick=${follow}>${id}</a> `;
}

function when(at: number | null) {
  return at === null ? 'never' : new Date(at).toLocaleString();
}
