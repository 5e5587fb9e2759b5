import { CRITICAL_TYPES } from '../../core/events/critical-types.ts';
import { trackDeclared } from './declared-events.ts';
import { eventQueue } from './event-queue.ts';
import { guard } from './guard.ts';
import { startSender } from './sender.ts';
import { startSlots } from './slots.ts';
import { openStore } from './store.ts';
import { uuidV7 } from './uuid-v7.ts';
import { openVisitor } from './visitor.ts';

/** What the beacon offers the page as `window.vitrine`. Nothing here ever throws. */
export interface Vitrine {
  /** The visitor's own id. */
  readonly anonymousId: string;
  /** Tracks an event, e.g. `track('product_viewed', { product_id: 'p1' })`, and returns its id. */
  track(type: string, properties?: Record<string, unknown>): string | undefined;
  /**
   * Says who the visitor is from now on. `proof` is the token of the shop's server that vouches for it. Another user than before is
   * another visitor: the device's id is new then, so that two people's profiles never mix.
   */
  identify(userId: string, traits?: Record<string, unknown>, proof?: string): string | undefined;
  /** Says what the visitor agrees to, e.g. `{ analytics: true, marketing: false }`; every event from now on bears it. */
  consent(choices: Record<string, boolean>): string | undefined;
  /** Forgets the visitor, as at a logout: what comes next is somebody else's. */
  reset(): void;
  /** Fills the page's slots again. */
  refresh(): void;
  /** Runs a call as `['track', 'product_viewed', { … }]`: what a page pushed before the beacon had loaded. */
  push(call: [method: 'track' | 'identify' | 'consent' | 'reset' | 'refresh', ...args: never[]]): void;
}

export interface BeaconOptions {
  /** Where Vitrine answers, e.g. `https://shop.example`. */
  readonly base: string;
  /** The site's write key. */
  readonly key: string;
}

/** Starts tracking the page and filling its slots. */
export function startBeacon({ base, key }: BeaconOptions): Vitrine {
  const store = openStore();
  const queue = eventQueue(store);
  const visitor = openVisitor(store, () => uuidV7(Date.now()));
  const sender = startSender(`${base}/v/events?key=${encodeURIComponent(key)}`, queue, (accepted) =>
    document.dispatchEvent(new CustomEvent('vitrine:accepted', { detail: { accepted } })),
  );
  const track = (type: string, properties?: Record<string, unknown>, proof?: string): string => {
    const now = new Date();
    const id = uuidV7(now.getTime());
    const userId = visitor.userId();
    const categoryPreferences = visitor.consent();
    const page = { url: location.href, title: document.title, referrer: document.referrer };
    queue.add({
      id,
      type,
      occurredAt: now.toISOString(),
      anonymousId: visitor.anonymousId(),
      ...(userId && { userId }),
      ...(proof && { proof }),
      ...(properties && { properties }),
      context: { page, ...(categoryPreferences && { consent: { categoryPreferences } }) },
    });
    sender.notify(CRITICAL_TYPES.has(type));
    return id;
  };

  track('page_viewed');
  trackDeclared(track);
  const refresh = startSlots({ base, key, anonymousId: visitor.anonymousId, track });
  addEventListener('pagehide', guard(sender.leave));
  document.addEventListener(
    'visibilitychange',
    guard(() => {
      if (document.visibilityState === 'hidden') sender.leave();
    }),
  );
  // A page that comes back from the browser's cache shows slots of the past.
  addEventListener(
    'pageshow',
    guard(({ persisted }) => {
      if (!persisted) return;
      track('page_viewed');
      refresh();
    }),
  );

  const reset = () => {
    track('signed_out');
    visitor.reset();
    // The last event of a request names the visitor whose cookie is set.
    track('page_viewed');
  };

  const api: Vitrine = {
    get anonymousId() {
      return visitor.anonymousId();
    },
    track: guard(track),
    identify: guard((id: string, traits?: Record<string, unknown>, proof?: string) => {
      const known = visitor.userId();
      if (known && known !== id) reset();
      visitor.identify(id);
      return track('identify', traits, proof);
    }),
    consent: guard((purposes: Record<string, boolean>) => {
      visitor.decide({ ...visitor.consent(), ...purposes });
      return track('consent_changed', { purposes });
    }),
    reset: guard(reset),
    refresh: guard(refresh),
    push: guard(([method, ...args]) => {
      (api[method] as (...args: never[]) => unknown)(...args);
    }),
  };
  return api;
}
