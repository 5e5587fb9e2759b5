import { guard, on } from './guard.ts';

/** What there is of the Navigation API where a browser has it. */
interface Navigation extends EventTarget {
  readonly activation?: { readonly entry?: { readonly key: string } } | null;
  readonly currentEntry?: { readonly key: string } | null;
}

/**
 * Calls `changed` when the page becomes another one without being loaded, by `pushState`, `popstate` or the Navigation API; also where it did so before this
 * was called, if the browser can tell that from an address that was replaced.
 *
 * @param viewed the address that was viewed last; the present one if left out.
 */
export function watchPageChanges(changed: () => void, viewed = location.href): void {
  const path = ({ pathname, search }: URL | Location = location) => pathname + search;
  let last = path(new URL(viewed));
  const look = guard((counts: boolean) => {
    if (path() === last) return;
    last = path();
    // Once the page's own code, which changes title and content, has run.
    if (counts) setTimeout(guard(changed));
  });
  const { navigation } = window as unknown as { navigation?: Navigation };
  const { activation, currentEntry } = navigation ?? {};
  // An entry keeps its key when its address is replaced.
  look(!!activation?.entry && activation.entry.key !== currentEntry?.key);
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
