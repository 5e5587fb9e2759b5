import { idText } from '../../core/identity/id-text.ts';
import { type BeaconEvent, eventQueue } from './event-queue.ts';
import { guard, on } from './guard.ts';
import { hintOf } from './hint.ts';
import { type Answer, startSender } from './sender.ts';
import { openStore } from './store.ts';
import { uuidV7 } from './uuid-v7.ts';
import { openVisitor } from './visitor.ts';
import type { Call, Vitrine } from './vitrine.ts';

/** What the page's part hears: fill all slots, or the new ones; an event that was queued; an answer. */
export type Notice = boolean | BeaconEvent | Answer;

/**
 * Starts the page's part of the beacon (`page.ts`), which the build keeps apart: arguments by place, for the names of members differ.
 *
 * @param said members of each read: the site's key, who the visitor is, what he has just done.
 * @param view says that the page is another one now.
 * @param followsRouting whether a change of the address without a load is a page view.
 * @param readsDataLayer whether GA4's events of `dataLayer` are tracked.
 * @param early what there was to hear before, and is while it starts; it takes that out.
 * @returns what hears what there is to hear from now on.
 */
export type StartPage = (
  base: string,
  said: () => object,
  track: Vitrine['track'],
  view: () => void,
  followsRouting: boolean,
  readsDataLayer: boolean,
  early: Notice[],
) => (notice: Notice) => void;

export interface BeaconOptions {
  /** Where Vitrine answers, e.g. `https://shop.example`. */
  readonly base: string;
  /** The site's write key. */
  readonly key: string;
  /** Whether nothing is stored or sent before the visitor has decided on consent; what happened waits in memory for it. */
  readonly awaitsConsent: boolean;
  /** Whether a change of the address without a load is a page view. */
  readonly followsRouting: boolean;
  /** Whether GA4's e-commerce events of the page's `dataLayer` are tracked. */
  readonly readsDataLayer: boolean;
  /** Calls that the page made before; those of consent hold for the first event. */
  readonly pushed: readonly Call[];
  /** The part that fills slots and reads the page's markup. */
  readonly page: Promise<{ readonly startPage: StartPage }>;
}

/** Types that are sent at once; others wait a second for company. */
const CRITICAL = /added|removed|completed|changed|signed_out|identify|alias/;

/** Starts tracking the page and filling its slots. */
export function startBeacon(options: BeaconOptions): Vitrine {
  const { base, key, awaitsConsent, followsRouting, readsDataLayer, pushed, page } = options;
  const store = openStore(() => localStorage);
  const queue = eventQueue(store);
  const visitor = openVisitor(store, () => uuidV7(Date.now()).id);
  const warned: Record<string, unknown> = {};
  const warn = (text: string) => {
    warned[text] ??= console.warn(`Vitrine: ${text}`) ?? 1;
  };
  /** Events that wait for a decision, in memory; the choices are whatever is decided then. */
  let held: (() => unknown)[] | undefined = awaitsConsent && !visitor.consent() ? [] : undefined;
  const early: Notice[] = [];
  let show: (notice: Notice) => unknown = (notice) => early.push(notice);

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
    (answer) => {
      if (answer.visitorToken) visitor.keepToken(answer.visitorToken);
      show(answer);
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
      show(event);
    };
    later(add);
    return id;
  };

  const view = (properties?: Record<string, unknown>) => {
    const id = send('page_viewed', properties);
    show(true);
    return id;
  };
  const reset = guard(() =>
    later(() => {
      send('signed_out');
      visitor.reset();
      // The page goes on as the new visitor's.
      view();
    }),
  );
  /** Runs with an id that names somebody, and who was identified before. */
  const named = (value: unknown, run: (id: string, known: string) => unknown) => {
    const id = idText(value);
    if (!id) return warn(`identify(${value}) names nobody`);
    later(() => run(id, visitor.user()));
  };
  const api: Vitrine = {
    get anonymousId() {
      return held ? '' : visitor.id();
    },
    track: guard((type, properties) => send(type, properties)),
    identify: guard((value, traits, proof) =>
      named(value, (id, known) => {
        if (known && known !== id) reset();
        visitor.identify(id);
        send('identify', traits, proof);
      }),
    ),
    page: guard((name, properties) => view({ ...properties, name })),
    group: guard((id, traits) => send('group', { ...traits, group_id: id })),
    alias: guard((value, previous, proof) =>
      named(value, (id, known) => {
        visitor.identify(id);
        send('alias', { previous_id: previous ?? known }, proof);
      }),
    ),
    ready: guard((run) => run(api)),
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
      readsDataLayer,
      early,
    );
  });
  on(document, 'visibilitychange', () => document.hidden && sender.leave());
  return api;
}
