import { useEffect, useState } from 'preact/hooks';

const PREFIX = '/console';

/** The address inside the console, without its prefix, e.g. `/catalogue`, and its query. */
export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

function here(): Place {
  const path = location.pathname.slice(PREFIX.length).replace(/\/$/, '');
  return { path: path === '' ? '/rules' : path, query: new URLSearchParams(location.search) };
}

const listeners = new Set<() => void>();

/** Goes to a page of the console; `replace`: without a step in the browser's history. */
export function go(to: string, replace = false): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', PREFIX + to);
  for (const listener of listeners) listener();
}

/** The page that is shown. */
export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const changed = () => setPlace(here());
    listeners.add(changed);
    addEventListener('popstate', changed);
    return () => {
      listeners.delete(changed);
      removeEventListener('popstate', changed);
    };
  }, []);
  return place;
}

/** For links of the console: no load, unless the visitor wants another tab. */
export function follow(event: MouseEvent): void {
  const link = event.currentTarget as HTMLAnchorElement;
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(link.pathname.slice(PREFIX.length) + link.search);
}
