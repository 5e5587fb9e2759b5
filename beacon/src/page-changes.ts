import { guard } from './guard.ts';

/** Calls `changed` when the page becomes another one without being loaded, by `pushState`, `popstate` or the Navigation API. */
export function watchPageChanges(changed: () => void): void {
  const path = () => location.pathname + location.search;
  let last = path();
  // Once the page's own code, which changes title and content, has run.
  const look = guard(() =>
    setTimeout(
      guard(() => {
        if (path() === last) return;
        last = path();
        changed();
      }),
    ),
  );
  const { navigation } = window as unknown as { navigation?: EventTarget };
  if (navigation) {
    navigation.addEventListener(
      'currententrychange',
      guard((event) => {
        if ((event as { navigationType?: string }).navigationType === 'replace') last = path();
        else look();
      }),
    );
    return;
  }
  const { pushState } = history;
  history.pushState = function (...args) {
    pushState.apply(this, args);
    look();
  };
  addEventListener('popstate', look);
}
