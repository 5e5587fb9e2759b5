import type { Refusal } from './check-event.ts';
import { IMPORT_EVENT } from './imported-traits.ts';
import type { LinkProof } from './message.ts';
import type { WireEvent } from './wire-event.ts';

/** What an event says that its proof must say too. */
export interface Claimed {
  readonly userId: string;
  readonly anonymousId: string | undefined;
  /** Of an alias: the other user id. */
  readonly previousId: string | undefined;
}

/** Who sends an event, as far as his word for somebody's identity goes. */
export interface Sender {
  /** Whether the request bears the site's secret key: the shop's own server. */
  readonly hasSecretKey: boolean;
  /** Whether the site lets its pages link without a proof. */
  readonly trustsUnsignedLinks: boolean;
  /** What is wrong with a proof, or nothing. */
  proofFault(token: string, claimed: Claimed): Promise<string | undefined>;
}

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
  sender: Sender,
  event: WireEvent,
): Promise<{ readonly proof: LinkProof | undefined } | { readonly refusal: Refusal }> {
  const { userId, anonymousId, proof } = event;
  if (proof !== undefined && userId !== undefined) {
    const previous = event.type === 'alias' ? event.properties?.previous_id : undefined;
    const previousId = typeof previous === 'string' ? previous : undefined;
    const fault = await sender.proofFault(proof, { userId, anonymousId, previousId });
    return fault === undefined ? { proof: 'token' } : { refusal: { code: 'proof_invalid', message: fault } };
  }
  if (sender.hasSecretKey) return { proof: 'secret_key' };
  if (event.type === IMPORT_EVENT) {
    const message = `type: "${IMPORT_EVENT}" needs the secret key; a page declares traits with identify.`;
    return { refusal: { code: 'secret_key_required', message } };
  }
  if (sender.trustsUnsignedLinks) return { proof: 'trusted' };
  if (anonymousId !== undefined) return { proof: undefined };
  const message = 'An event without anonymousId needs the secret key, or a proof of the shop’s server for its userId.';
  return { refusal: { code: 'proof_required', message } };
}
