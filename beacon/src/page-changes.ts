import { guard, on } from './guard.ts';

/** Calls `changed` when the page becomes another one without being loaded, by `pushState`, `popstate` or the Navigation API. */
export function watchPageChanges(changed: () => void): void {
  const path = () => location.pathname + location.search;
  let last = path();
  const look = guard((counts: boolean) => {
    if (path() === last) return;
    last = path();
    // Once the page's own code, which changes title and content, has run.
    if (counts) setTimeout(guard(changed));
  });
  const { navigation } = window as unknown as { navigation?: EventTarget };
  if (navigation) {
    on(navigation, 'currententrychange', (event: Event & { navigationType?: string }) =>
      look(event.navigationType !== 'replace'),
    );
    return;
  }
  const { pushState } = history;
  history.pushState = function (...args) {
    pushState.apply(this, args);
    look(true);
  };
  on(window, 'popstate', () => look(true));
}
