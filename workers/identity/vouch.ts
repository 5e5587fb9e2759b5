import type { Refusal } from '../../core/events/check-event.ts';
import type { LinkProof } from '../../core/events/message.ts';
import type { WireEvent } from '../../core/events/wire-event.ts';
import { IMPORT_EVENT } from '../../core/profile/traits.ts';
import type { Site } from '../site/site.ts';
import { proofFault } from './verify-proof.ts';

/** Types that link ledgers. */
export const LINK_TYPES: ReadonlySet<string> = new Set(['identify', 'alias']);

/** Whether an event's word for who it is about must be vouched for. */
export function needsVouching(event: WireEvent): boolean {
  return (
    event.proof !== undefined ||
    event.anonymousId === undefined ||
    LINK_TYPES.has(event.type) ||
    event.type === IMPORT_EVENT
  );
}

/**
 * What vouches for the user that an event names: its proof, the secret key, or a site that trusts its pages. An `identify` of a device
 * that nothing vouches for counts, and links nothing; an event that names only a user is refused then.
 */
export async function vouch(
  env: Env,
  site: Site,
  event: WireEvent,
  nowMs: number,
): Promise<{ readonly proof: LinkProof | undefined } | { readonly refusal: Refusal }> {
  const { userId, anonymousId, proof } = event;
  if (proof !== undefined && userId !== undefined) {
    const previous = event.type === 'alias' ? event.properties?.previous_id : undefined;
    const previousId = typeof previous === 'string' ? previous : undefined;
    const fault = await proofFault(env, site.id, proof, { userId, anonymousId, previousId }, nowMs);
    return fault === undefined ? { proof: 'token' } : { refusal: { code: 'proof_invalid', message: fault } };
  }
  if (site.keyKind === 'secret') return { proof: 'secret_key' };
  if (event.type === IMPORT_EVENT) {
    const message = `type: "${IMPORT_EVENT}" needs the secret key; a page declares traits with identify.`;
    return { refusal: { code: 'secret_key_required', message } };
  }
  if (site.settings.trustUnsignedLinks) return { proof: 'trusted' };
  if (anonymousId !== undefined) return { proof: undefined };
  const message = 'An event without anonymousId needs the secret key, or a proof of the shop’s server for its userId.';
  return { refusal: { code: 'proof_required', message } };
}
