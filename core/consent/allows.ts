/** A visitor's choice of purposes. It is taken in whatever he grants: it is the proof of his choice. */
export const CONSENT_EVENT = 'consent_changed';

/** Whether an event may be used for a purpose: its visitor granted it when the event happened. */
export function allows(
  event: { readonly type: string; readonly consent?: readonly string[] | undefined },
  purpose: string,
): boolean {
  return event.consent === undefined || event.type === CONSENT_EVENT || event.consent.includes(purpose);
}
