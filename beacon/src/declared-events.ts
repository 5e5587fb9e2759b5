import { guard, on } from './guard.ts';

// biome-ignore lint/suspicious/noExplicitAny: markup holds whatever it holds; the server checks it.
type Track = (type: string, properties?: any) => void;

const seen = new WeakSet<Element>();

/** Tracks what the page's markup declares with `data-vitrine-view`, each element once; called again, what is new. */
export function trackViews(track: Track): void {
  for (const element of document.querySelectorAll<HTMLElement>('[data-vitrine-view]')) {
    if (seen.has(element)) continue;
    // First: what is tracked may lead here again.
    seen.add(element);
    trackDeclared(track, element, element.dataset.vitrineView);
  }
}

/** Tracks each click on what has `data-vitrine-click`. */
export function trackClicks(track: Track): void {
  const click = ({ target }: Event) => {
    const element = target instanceof Element ? target.closest<HTMLElement>('[data-vitrine-click]') : null;
    if (element) trackDeclared(track, element, element.dataset.vitrineClick);
  };
  on(document, 'click', click, true);
}

/** With the element's `data-vitrine-properties`, a JSON object. */
const trackDeclared = guard((track: Track, { dataset }: HTMLElement, type: string | undefined) => {
  if (type) track(type, dataset.vitrineProperties && JSON.parse(dataset.vitrineProperties));
});
