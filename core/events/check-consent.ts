import { CONSENT_EVENT } from '../consent/allows.ts';
import { type ConsentDefaults, grantedPurposes } from '../consent/policy.ts';
import type { Choices } from '../consent/purposes.ts';
import { isFault, purposesOf, statedChoices } from '../consent/stated.ts';
import type { Refusal } from './check-event.ts';
import type { WireEvent } from './wire-event.ts';

/** An event with the purposes that it may be used for; nothing: all of the site's. */
interface Agreed {
  readonly event: WireEvent;
  readonly consent: string[] | undefined;
}

/**
 * The purposes that an event may be used for, or why it may not be taken in: its visitor grants none. Such an event is stored nowhere, not
 * even as failed. A choice of consent comes out in the site's own names.
 *
 * @param decided what the person is known to have decided before, for an event that says nothing itself.
 */
export function checkConsent(
  event: WireEvent,
  defaults: ConsentDefaults,
  decided: Choices | undefined,
): Agreed | { readonly refusal: Refusal } {
  const stated = statedChoices(defaults, event.context);
  if (isFault(stated)) return { refusal: { code: 'invalid_consent', message: stated.fault } };
  const choices = stated ?? decided;
  const consent = choices === undefined ? defaults.undecided : grantedPurposes(defaults, choices);
  if (event.type === CONSENT_EVENT) return choiceOf(event, defaults, consent);
  if (consent?.length !== 0) return { event, consent };
  return {
    refusal: {
      code: 'no_consent',
      message: `The visitor grants none of the site's purposes (${defaults.purposes.join(', ')}). Nothing of the event is kept.`,
    },
  };
}

function choiceOf(
  event: WireEvent,
  defaults: ConsentDefaults,
  consent: Agreed['consent'],
): ReturnType<typeof checkConsent> {
  const said = event.properties?.purposes;
  if (typeof said !== 'object' || said === null || Array.isArray(said)) {
    const message = 'properties.purposes: expected an object such as { "analytics": true, "marketing": false }';
    return { refusal: { code: 'invalid_properties', message } };
  }
  const purposes = purposesOf(defaults, Object.entries(said));
  return { event: { ...event, properties: { ...event.properties, purposes } }, consent };
}
