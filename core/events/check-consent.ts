import { CONSENT_EVENT } from '../consent/allows.ts';
import { type ConsentDefaults, grantedPurposes } from '../consent/policy.ts';
import { isFault, statedChoices } from '../consent/stated.ts';
import type { Refusal } from './check-event.ts';
import type { WireEvent } from './wire-event.ts';

/**
 * The purposes that an event may be used for (nothing: all of the site's), or why it may not be taken in: its visitor grants none. Such
 * an event is stored nowhere, not even as failed.
 */
export function checkConsent(
  event: WireEvent,
  defaults: ConsentDefaults,
): { readonly consent: string[] | undefined } | { readonly refusal: Refusal } {
  const stated = statedChoices(event.context);
  if (isFault(stated)) return { refusal: { code: 'invalid_consent', message: stated.fault } };
  const consent = stated === undefined ? defaults.undecided : grantedPurposes(defaults, stated);
  if (consent?.length !== 0 || event.type === CONSENT_EVENT) return { consent };
  return {
    refusal: {
      code: 'no_consent',
      message: `The visitor grants none of the site's purposes (${defaults.purposes.join(', ')}). Nothing of the event is kept.`,
    },
  };
}
