import type { TextStore } from './store.ts';

const ID_KEY = 'vitrine:id';
const USER_KEY = 'vitrine:user';
const CONSENT_KEY = 'vitrine:consent';

/** Who uses this browser: the device's own id, and the user that was identified on it. Both outlive the page where the store lets them. */
export interface Visitor {
  anonymousId(): string;
  userId(): string | undefined;
  identify(userId: string): void;
  /** What the visitor decided, by purpose; nothing before he did. */
  consent(): Record<string, boolean> | undefined;
  decide(choices: Record<string, boolean>): void;
  /** Forgets id and user, and keeps what was decided on this device: whoever comes next is another visitor. */
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
    consent: () => JSON.parse(get(CONSENT_KEY) ?? 'null') ?? undefined,
    decide: (choices) => set(CONSENT_KEY, JSON.stringify(choices)),
    reset() {
      for (const key of [ID_KEY, USER_KEY]) {
        own.delete(key);
        store.removeItem(key);
      }
    },
  };
}
