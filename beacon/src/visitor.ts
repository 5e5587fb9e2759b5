import { guard } from './guard.ts';
import type { TextStore } from './store.ts';

const ID = 'vitrine:id';
/** A UUID's. */
const ID_LENGTH = 36;
const TOKEN = 'vitrine:token';
const CONSENT = 'vitrine:consent';

/** Who uses this browser: the device's own id, and the user that was identified on it. All tabs see the same, at once. */
export interface Visitor {
  id(): string;
  /** Empty when nobody was identified. */
  user(): string;
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
 * Id and user are one text, `<id> <user>`: whatever other tabs write meanwhile, the last one holds whole, and no page ever sees one person's
 * user on another's device. A token ends with the id that it is for, and holds for no other.
 */
export function openVisitor(store: TextStore, newId: () => string): Visitor {
  const reset = () => {
    const id = newId();
    store.set(ID, id);
    return id;
  };
  const text = () => store.get(ID) || reset();
  const id = () => text().slice(0, ID_LENGTH);
  const ofThisId = (token?: string | null) => (token?.endsWith(`.${id()}`) ? token : undefined);
  return {
    id,
    user: () => text().slice(ID_LENGTH + 1),
    identify: (userId) => store.set(ID, `${id()} ${userId}`),
    token: () => ofThisId(store.get(TOKEN)),
    keepToken(token) {
      if (ofThisId(token)) store.set(TOKEN, token);
    },
    consent: () => guard(JSON.parse)(store.get(CONSENT) ?? ''),
    decide: (choices) => store.set(CONSENT, JSON.stringify(choices)),
    reset,
  };
}
