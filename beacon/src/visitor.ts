import type { TextStore } from './store.ts';

const ID_KEY = 'vitrine:id';
const USER_KEY = 'vitrine:user';

/** Who uses this browser: the device's own id, and the user that was identified on it. Both outlive the page where the store lets them. */
export interface Visitor {
  anonymousId(): string;
  userId(): string | undefined;
  identify(userId: string): void;
  /** Forgets both: whoever comes next is another visitor. */
  reset(): void;
}

export function openVisitor(store: TextStore, newId: () => string): Visitor {
  // A full store: the values then live as long as the page.
  const own = new Map<string, string>();
  const get = (key: string) => own.get(key) ?? store.getItem(key) ?? undefined;
  const set = (key: string, value: string) => {
    own.set(key, value);
    try {
      store.setItem(key, value);
    } catch {}
  };
  const anonymousId = (): string => {
    const known = get(ID_KEY);
    if (known) return known;
    const id = newId();
    set(ID_KEY, id);
    return id;
  };
  return {
    anonymousId,
    userId: () => get(USER_KEY),
    identify: (userId) => set(USER_KEY, userId),
    reset() {
      own.clear();
      for (const key of [ID_KEY, USER_KEY]) store.removeItem(key);
    },
  };
}
