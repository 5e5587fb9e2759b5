import type { TextStore } from './store.ts';

const KEY = 'vitrine:id';

/** The visitor's anonymous id: the stored one, else `newId()`, which is stored. */
export function visitorId(store: TextStore, newId: () => string): string {
  const known = store.getItem(KEY);
  if (known) return known;
  const id = newId();
  try {
    store.setItem(KEY, id);
  } catch {
    // A full store: the id then lives as long as the page.
  }
  return id;
}
