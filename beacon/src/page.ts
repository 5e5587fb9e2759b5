import type { Notice, StartPage } from './beacon.ts';
import { readDataLayer } from './data-layer.ts';
import { trackClicks, trackViews } from './declared-events.ts';
import { guard, on } from './guard.ts';
import { openDebugger } from './open-debugger.ts';
import { watchPageChanges } from './page-changes.ts';
import { startSlots } from './slots.ts';

/** Changes of the page within so much are looked at together. */
const LOOK_EACH_MS = 50;

/** The address of the last page view. */
function viewedIn(early: readonly Notice[]): string | undefined {
  let url: string | undefined;
  for (const notice of early)
    if (typeof notice === 'object' && 'type' in notice && notice.type === 'page_viewed')
      url = (notice.context?.page as { readonly url?: string } | undefined)?.url;
  return url;
}

/**
 * The beacon's second file, which its core loads at once: what reads and fills the page. Tracks what the markup and the page's data layer say,
 * fills slots, also those that the page adds later, and says in the console why events are not taken.
 */
export const startPage: StartPage = (base, said, track, view, followsRouting, readsDataLayer, early) => {
  /** The product that the page is about: the first that it shows. */
  let product: string | undefined;
  let warned = false;
  const fillSlots = startSlots({ base, said, track, product: () => product });
  let isTracking = false;
  const show = (whole: boolean) => {
    isTracking = true;
    trackViews(track);
    isTracking = false;
    fillSlots(whole);
  };
  const debug = guard(openDebugger)(base, said);
  const hear = guard((notice: Notice) => {
    debug?.(notice);
    if (typeof notice === 'boolean') return show(notice);
    if ('events' in notice) {
      const { accepted, detail, status } = notice;
      if (status === 202) document.dispatchEvent(new CustomEvent('vitrine:accepted', { detail: { accepted } }));
      else if (status && !warned) {
        warned = true;
        console.warn(`Vitrine: events are not taken (${status}). ${detail}`);
      }
      return;
    }
    const { type, properties } = notice;
    if (type === 'page_viewed') product = undefined;
    if (type !== 'product_viewed' || product) return;
    product = String(properties?.product_id);
    // Slots that needed to know it, unless they come next anyway.
    if (!isTracking) show(false);
  });
  /** What came before, and what comes while this begins; slots are filled once for all of it. */
  const hearEarly = () => {
    for (let notice = early.shift(); notice !== undefined; notice = early.shift())
      if (typeof notice !== 'boolean') hear(notice);
  };
  const viewed = viewedIn(early);
  trackClicks(track);
  if (readsDataLayer) guard(readDataLayer)(track);
  trackViews(track);
  hearEarly();
  show(true);
  hearEarly();
  // A page that comes back from the browser's cache shows slots of the past.
  on<PageTransitionEvent>(window, 'pageshow', ({ persisted }) => persisted && view());
  if (followsRouting) watchPageChanges(view, viewed);
  let looking = false;
  new MutationObserver(() => {
    if (looking) return;
    looking = true;
    setTimeout(() => {
      looking = false;
      hear(false);
    }, LOOK_EACH_MS);
  }).observe(document, { childList: true, subtree: true });
  return hear;
};
