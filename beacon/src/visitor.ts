import { guard } from './guard.ts';
import type { TextStore } from './store.ts';

const ID = 'vitrine:id';
const USER = 'vitrine:user';
const TOKEN = 'vitrine:token';
const CONSENT = 'vitrine:consent';

/** Who uses this browser: the device's own id, and the user that was identified on it. All tabs see the same, at once. */
export interface Visitor {
  id(): string;
  user(): string | undefined;
  identify(userId: string): void;
  /** What lets the page read what is known of the visitor, as the server answered it. */
  token(): string | undefined;
  keepToken(token: string): void;
  /** What the visitor decided, by purpose; nothing before he did. */
  consent(): Record<string, boolean> | null | undefined;
  decide(choices: Record<string, boolean>): void;
  /** Forgets id and user, and keeps what was decided on this device: whoever comes next is another visitor. */
  reset(): unknown;
}

/**
 * User and token are stored with the device's id to which they belong, and hold for no other: whatever another tab writes meanwhile, no
 * page ever sees one person's user on another's device.
 */
export function openVisitor(store: TextStore, newId: () => string): Visitor {
  const reset = () => {
    const made = newId();
    store.set(ID, made);
    return made;
  };
  const id = () => store.get(ID) || reset();
  // What ends with the id of this visitor.
  const ofThisId = (text?: string) => (text?.endsWith(`.${id()}`) ? text : undefined);
  return {
    id,
    user: () => ofThisId(store.get(USER))?.slice(0, -id().length - 1),
    identify: (userId) => store.set(USER, `${userId}.${id()}`),
    token: () => ofThisId(store.get(TOKEN)),
    keepToken(token) {
      if (ofThisId(token)) store.set(TOKEN, token);
    },
    consent: () => guard(JSON.parse)(store.get(CONSENT) ?? ''),
    decide: (choices) => store.set(CONSENT, JSON.stringify(choices)),
    reset,
  };
}
