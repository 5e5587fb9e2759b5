import { startBeacon } from './beacon.ts';
import type { Call, Vitrine } from './vitrine.ts';

export type { Call, Vitrine } from './vitrine.ts';

/** How the beacon runs in a page. */
export interface LoadOptions {
  /** The site's write key, `wk_…`. */
  readonly key: string;
  /** Where Vitrine answers, e.g. `https://v.shop.example`. */
  readonly base: string;
  /** `required`: nothing is stored or sent before the visitor has decided on consent. */
  readonly consent?: 'required';
  /** `off`: a change of the address without a load is no page view. */
  readonly routing?: 'off';
  /** `off`: Google Analytics' e-commerce events of the page's `dataLayer` are not tracked. */
  readonly dataLayer?: 'off';
}

declare global {
  interface Window {
    /** The beacon, or what the page pushed before it had loaded. */
    vitrine?: Vitrine | Call[];
  }
}

let started: Vitrine | undefined;

/**
 * Starts the beacon, once a page however often it is called; also where a script tag has done so. On a server, where there is no page, calls do
 * nothing.
 *
 * @example
 * const vitrine = loadVitrine({ key: 'wk_…', base: 'https://v.shop.example' });
 * vitrine.track('product_added', { product_id: 'p1', price: 19.9, currency: 'EUR' });
 */
export function loadVitrine(options: LoadOptions): Vitrine {
  if (typeof document === 'undefined') return nobody;
  const { vitrine } = window;
  if (vitrine && !Array.isArray(vitrine)) return vitrine;
  started ??= startBeacon({
    base: options.base.replace(/\/$/, ''),
    key: options.key,
    awaitsConsent: options.consent === 'required',
    followsRouting: options.routing !== 'off',
    readsDataLayer: options.dataLayer !== 'off',
    pushed: vitrine ?? [],
    page: import('./page.ts'),
  });
  window.vitrine = started;
  return started;
}

/** What there is where no visitor is. */
const nobody: Vitrine = {
  anonymousId: '',
  track: () => undefined,
  identify: () => undefined,
  page: () => undefined,
  group: () => undefined,
  alias: () => undefined,
  ready: () => undefined,
  consent: () => undefined,
  reset: () => undefined,
  refresh: () => undefined,
  push: () => undefined,
};
