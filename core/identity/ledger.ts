/**
 * The name of a ledger inside its site: `a/<anonymous id>` for a device or a server-side source, `u/<user id>` for what is known of a
 * user without a device. A person is a set of linked ledgers; his home is the ledger of one of his users.
 */
export type Ledger = `a/${string}` | `u/${string}`;

/** The ledger of a device or a server-side source. */
export function deviceLedger(anonymousId: string): Ledger {
  return `a/${anonymousId}`;
}

/** The ledger of a user: events that name him and no device, and the home of the person that he is. */
export function userLedger(userId: string): Ledger {
  return `u/${userId}`;
}

/** The ledger that an event belongs to: its device's, or its user's when it names no device. */
export function eventLedger(event: {
  readonly anonymousId?: string | undefined;
  readonly userId?: string | undefined;
}): Ledger {
  return event.anonymousId === undefined ? userLedger(event.userId ?? '') : deviceLedger(event.anonymousId);
}

/** The id inside a ledger's name. */
export function ledgerId(ledger: Ledger): string {
  return ledger.slice(2);
}

/** Whether a text names a ledger. */
export function isLedger(text: string): text is Ledger {
  return /^[au]\/./.test(text);
}
