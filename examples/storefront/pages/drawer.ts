import { html } from 'hono/html';

/** The panel that shows what Vitrine knows of the visitor. The script fills it and brings its button to light. */
export const drawer = html`<button class="drawer-toggle" type="button" aria-expanded="false" aria-controls="drawer" hidden><span class="drawer-dot" aria-hidden="true"></span>What Vitrine knows</button>
<aside class="drawer" id="drawer" aria-labelledby="drawer-heading" tabindex="-1" hidden>
<header class="drawer-head"><h2 id="drawer-heading">What Vitrine knows</h2><button class="drawer-close" type="button" aria-label="Close this panel">✕</button></header>
<div class="drawer-body">
<p class="drawer-lead">Vitrine makes a profile of what you do in this shop, and picks products from it a moment later. Look at something, put it in your bag, and watch what changes here.</p>
<p class="drawer-state"><span class="drawer-status" role="status"></span><span class="drawer-time"></span></p>
<section aria-labelledby="drawer-profile"><h3 id="drawer-profile">Your profile</h3><div data-drawer="profile"></div></section>
<section aria-labelledby="drawer-slots"><h3 id="drawer-slots">Slots on this page</h3><div data-drawer="slots"></div><button class="drawer-refresh" type="button">Fill the slots again</button></section>
</div>
</aside>`;
