import { guard } from './guard.ts';

/**
 * Texts by name that outlive the page where the browser lets them: `localStorage`, and memory for what it does not take, because it is full,
 * switched off or forbidden.
 */
export interface TextStore {
  get(name: string): string | null | undefined;
  set(name: string, text: string): void;
  remove(name: string): void;
  /** The names that begin so, sorted. */
  names(prefix: string): string[];
}

/** Opens the store; `storage` throws where the browser forbids it. */
export function openStore(storage: () => Storage): TextStore {
  const own = new Map<string, string>();
  const attempt = <T>(use: (held: Storage) => T) => guard(() => use(storage()))();
  return {
    get: (name) => own.get(name) ?? attempt((held) => held.getItem(name)),
    set(name, text) {
      own.set(name, text);
      attempt((held) => {
        held.setItem(name, text);
        own.delete(name);
      });
    },
    remove(name) {
      own.delete(name);
      attempt((held) => held.removeItem(name));
    },
    names: (prefix) =>
      [...own.keys(), ...(attempt(Object.keys) ?? [])].filter((name) => name.startsWith(prefix)).sort(),
  };
}
