import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { call } from '../base/client.ts';
import { html } from '../base/html.ts';
import { follow } from '../base/router.ts';
import { LeakedKeys } from './leaked-keys.ts';

interface ShellProps {
  readonly site: string;
  readonly pages: readonly { readonly path: string; readonly title: string }[];
  readonly current: string;
  readonly signedOut: () => void;
  readonly children: ComponentChildren;
}

/** The frame of every page: menu, site, the way out. */
export function Shell({ site, pages, current, signedOut, children }: ShellProps) {
  useEffect(() => {
    // On a phone the menu is wider than the window.
    document.querySelector('nav [aria-current="page"]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [current]);
  const signOut = () => call('DELETE', '/console/session').finally(signedOut);
  return html`
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
  <span class="brand">Vitrine</span>
  <nav aria-label="Console"><ul>${pages.map(
    ({ path, title }) =>
      html`<li key=${path}><a href="/console${path}" onClick=${follow} aria-current=${path === current ? 'page' : undefined}>${title}</a></li>`,
  )}</ul></nav>
  <span class="site"><span class="visually-hidden">Site: </span>${site}</span>
  <button type="button" class="quiet" onClick=${signOut}>Sign out</button>
</header>
<main id="main" tabindex="-1"><${LeakedKeys} />${children}</main>`;
}
