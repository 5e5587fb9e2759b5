import { idText } from '../../core/identity/id-text.ts';
import { trackViews } from './declared-events.ts';
import { eventQueue } from './event-queue.ts';
import { guard, on } from './guard.ts';
import { hintOf } from './hint.ts';
import { startSender, type Taken } from './sender.ts';
import { openStore } from './store.ts';
import { uuidV7 } from './uuid-v7.ts';
import { openVisitor } from './visitor.ts';

/** What the beacon offers the page as `window.vitrine`. Nothing here ever throws. */
export interface Vitrine {
  /** The visitor's own id; empty while his decision on consent is awaited. */
  readonly anonymousId: string;
  /** Tracks an event, e.g. `track('product_viewed', { product_id: 'p1' })`, and returns its id. */
  track(type: string, properties?: Record<string, unknown>): string | undefined;
  /**
   * Says who the visitor is from now on; numbers become text, and what identifies nobody (`undefined`, `"null"`, zeros) is refused with a
   * warning. `proof` is the token of the shop's server that vouches for it. Another user than before is another visitor: the device's id
   * is new then, so that two people's profiles never mix.
   */
  identify(userId: string | number, traits?: Record<string, unknown>, proof?: string): void;
  /** Says what the visitor agrees to, e.g. `{ analytics: true, marketing: false }`; every event from now on bears it. */
  consent(choices: Record<string, boolean>): string | undefined;
  /** Forgets the visitor, as at a logout: what comes next is somebody else's. */
  reset(): void;
  /** Fills the page's slots again. */
  refresh(): void;
  /** Runs a call as `['track', 'product_viewed', { … }]`: what a page pushed before the beacon had loaded. */
  push(call: Call): void;
}

export type Call = [method: 'track' | 'identify' | 'consent' | 'reset' | 'refresh', ...args: never[]];

/**
 * Starts the page's part of the beacon (`page.ts`), which the build keeps apart: arguments by place, for the names of members differ.
 *
 * @param said members of each read: the site's key, who the visitor is, what he has just done.
 * @param view says that the page is another one now.
 * @param views tracks what the markup declares as seen and is new.
 * @param followsRouting whether a change of the address without a load is a page view and fills the slots.
 * @returns what shows the page: the whole of it (`true`), or what is new of it; and tells it of events that were taken.
 */
export type StartPage = (
  base: string,
  said: () => object,
  track: Vitrine['track'],
  view: () => void,
  followsRouting: boolean,
  views: () => void,
) => (what: boolean | Taken) => void;

export interface BeaconOptions {
  /** Where Vitrine answers, e.g. `https://shop.example`. */
  readonly base: string;
  /** The site's write key. */
  readonly key: string;
  /** Whether nothing is stored or sent before the visitor has decided on consent; what happened waits in memory for it. */
  readonly awaitsConsent: boolean;
  /** Whether a change of the address without a load is a page view and fills the slots. */
  readonly followsRouting: boolean;
  /** Calls that the page made before; those of consent hold for the first event. */
  readonly pushed: readonly Call[];
  /** The part that fills slots and reads the page's markup. */
  readonly page: Promise<{ readonly startPage: StartPage }>;
}

/** Types that are sent at once; others wait a second for company. */
const CRITICAL = /added|removed|completed|changed|signed_out|identify|alias/;

/** Starts tracking the page and filling its slots. */
export function startBeacon({ base, key, awaitsConsent, followsRouting, pushed, page }: BeaconOptions): Vitrine {
  const store = openStore(() => localStorage);
  const queue = eventQueue(store);
  const visitor = openVisitor(store, () => uuidV7(Date.now()).id);
  const warned: Record<string, unknown> = {};
  const warn = (text: string) => {
    warned[text] ??= console.warn(`Vitrine: ${text}`) ?? 1;
  };
  /** Events that wait for a decision, in memory; the choices are whatever is decided then. */
  let held: (() => unknown)[] | undefined = awaitsConsent && !visitor.consent() ? [] : undefined;
  let show: ReturnType<StartPage> = () => {};

  const hint = () =>
    visitor.consent()?.personalization === false
      ? ''
      : // The newest twenty that wait.
        hintOf(queue.peek(20, 1e6, -20), visitor.id());
  /** For pages that are rendered at the edge or by the shop's server. */
  const showHint = guard(() => {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is asynchronous, and the page may be left by then.
    document.cookie = `vitrine_hint=${hint()};path=/;samesite=lax;max-age=1800`;
  });
  const who = () => ({ anonymousId: visitor.id(), visitorToken: visitor.token() });

  const sender = startSender(
    `${base}/v/events?key=${encodeURIComponent(key)}`,
    queue,
    who,
    (taken) => {
      if (taken.visitorToken) visitor.keepToken(taken.visitorToken);
      show(taken);
      showHint();
    },
    ({ type }) => warn(`${type} was refused`),
  );

  /** Nothing of the visitor is stored before he decides: what changes him waits as events do. */
  const later = (run: () => unknown) => (held ? held.push(guard(run)) : run());
  const send = (type: string, properties?: Record<string, unknown>, proof?: string): string => {
    const { id, ms } = uuidV7(Date.now());
    const page = { url: location.href, title: document.title, referrer: document.referrer };
    const add = () => {
      const choices = visitor.consent();
      const event = {
        id,
        type,
        occurredAt: new Date(ms).toISOString(),
        anonymousId: visitor.id(),
        userId: visitor.user() || undefined,
        proof,
        properties,
        context: { page, consent: choices && { categoryPreferences: choices } },
      };
      if (!queue.add(event)) return warn(`${type} is too large`);
      sender.notify(CRITICAL.test(type));
      showHint();
    };
    later(add);
    return id;
  };

  const views = () => trackViews(send);
  const view = () => {
    send('page_viewed');
    views();
    show(true);
  };
  const reset = guard(() =>
    later(() => {
      send('signed_out');
      visitor.reset();
      // The page goes on as the new visitor's.
      view();
    }),
  );
  const api: Vitrine = {
    get anonymousId() {
      return held ? '' : visitor.id();
    },
    track: guard((type, properties) => send(type, properties)),
    identify: guard((value, traits, proof) => {
      const id = idText(value);
      if (!id) return warn(`identify(${value}) names nobody`);
      later(() => {
        const known = visitor.user();
        if (known && known !== id) reset();
        visitor.identify(id);
        send('identify', traits, proof);
      });
    }),
    consent: guard((purposes) => {
      const choices = { ...visitor.consent(), ...purposes };
      visitor.decide(choices);
      const waited = held;
      held = undefined;
      const id = send('consent_changed', { purposes });
      if (waited) {
        if (Object.values(choices).includes(true)) for (const add of waited) add();
        show(true);
      }
      return id;
    }),
    reset,
    refresh: guard(() => show(true)),
    push: guard(([method, ...args]) => {
      (api[method] as (...args: never[]) => unknown)(...args);
    }),
  };

  for (const call of pushed) if (call[0] === 'consent') api.push(call);
  view();
  for (const call of pushed) if (call[0] !== 'consent') api.push(call);
  page.then(({ startPage }) => {
    show = startPage(
      base,
      () => (held ? { key } : { key, ...who(), hint: hint() }),
      api.track,
      view,
      followsRouting,
      views,
    );
  }, show);
  on(document, 'visibilitychange', () => document.hidden && sender.leave());
  return api;
}
