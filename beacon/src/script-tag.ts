import { startBeacon } from './beacon.ts';
import { guard } from './guard.ts';

/**
 * The script-tag loader: `<script async src="https://shop.example/v/beacon.js" data-key="wk_…"></script>`. Calls that the page
 * pushed onto `window.vitrine` before are run in their order.
 */
const script = document.currentScript as HTMLScriptElement | null;

const start = guard(() => {
  const key = script?.dataset.key;
  if (!script || !key) {
    console.warn('Vitrine: the script tag needs data-key="<the site\'s write key>".');
    return;
  }
  const page = window as unknown as { vitrine?: unknown };
  const pushed = Array.isArray(page.vitrine) ? page.vitrine : [];
  const vitrine = startBeacon({ base: script.dataset.base ?? new URL(script.src).origin, key });
  page.vitrine = vitrine;
  for (const call of pushed) vitrine.push(call);
});

if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
else start();
