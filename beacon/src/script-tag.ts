import { type BeaconOptions, startBeacon } from './beacon.ts';
import { guard, on } from './guard.ts';
import type { Call, Vitrine } from './vitrine.ts';

/** Where the beacon's second file is served, e.g. `/v/beacon-page.<hash>.js`; the build writes it in. */
declare const PAGE_PATH: string;

/**
 * The script-tag loader: `<script async src="https://shop.example/v/beacon.js" data-key="wk_…"></script>`. Calls that the page
 * pushed onto `window.vitrine` before are run in their order. `data-consent="required"` waits for the visitor's decision,
 * `data-routing="off"` leaves page changes without a load to the page, `data-datalayer="off"` lets Google Analytics' events be.
 */
const script = document.currentScript as HTMLScriptElement;
const { key, base = new URL(script.src).origin, consent, routing, datalayer } = script.dataset;
/** Under way before the document is read to its end. */
const page: BeaconOptions['page'] = import(base + PAGE_PATH);

const start = guard(() => {
  if (!key) return console.warn('Vitrine: data-key is missing');
  const global = window as unknown as { vitrine?: Call[] | Vitrine };
  global.vitrine = startBeacon({
    base,
    key,
    awaitsConsent: consent === 'required',
    followsRouting: routing !== 'off',
    readsDataLayer: datalayer !== 'off',
    pushed: ([] as Call[]).concat((global.vitrine as Call[] | undefined) ?? []),
    page,
  });
});

/** A page that is only prerendered is nobody's yet. */
const startWhenShown = () => {
  if ((document as { prerendering?: boolean }).prerendering) on(document, 'prerenderingchange', start);
  else start();
};

if (document.readyState === 'loading') on(document, 'DOMContentLoaded', startWhenShown);
else startWhenShown();
