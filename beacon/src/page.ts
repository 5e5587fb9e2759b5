import type { StartPage } from './beacon.ts';
import { trackClicks } from './declared-events.ts';
import { guard, on } from './guard.ts';
import { watchPageChanges } from './page-changes.ts';
import type { Taken } from './sender.ts';
import { startSlots } from './slots.ts';

/**
 * The beacon's second file, which its core loads at once: what reads and fills the page. Fills slots and tracks what the markup declares,
 * also of what the page adds later; gives what does so again for the whole page, or for what is new of it.
 */
export const startPage: StartPage = (base, said, track, view, followsRouting, views) => {
  trackClicks(track);
  const fillSlots = startSlots({ base, said, track });
  const show = guard((what: boolean | Taken) => {
    if (typeof what === 'object')
      return document.dispatchEvent(new CustomEvent('vitrine:accepted', { detail: { accepted: what.accepted } }));
    views();
    fillSlots(what);
  });
  show(true);
  // A page that comes back from the browser's cache shows slots of the past.
  on<PageTransitionEvent>(window, 'pageshow', ({ persisted }) => persisted && view());
  if (followsRouting) {
    watchPageChanges(view);
    new MutationObserver(() => show(false)).observe(document, { childList: true, subtree: true });
  }
  return show;
};
