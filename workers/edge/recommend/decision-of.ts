import { decisionSigner } from '../../../stores/decisions/decision-signer.ts';
import type { Site } from '../../../stores/sites/site.ts';
import type { ReadQuery } from '../visitor/read-query.ts';
import type { Recommendation } from './recommend.ts';

const NONCE_BYTES = 6;
/** Nonces are drawn many at once: a call of the runtime costs more than they do. */
const pool = new Uint8Array(NONCE_BYTES * 128);
let used = pool.byteLength;

/** The signed token of a recommendation for its visitor, which impressions, clicks and orders come back with; nothing for nobody. */
export function decisionOf(site: Site, { claimedId, userId }: ReadQuery, shown: Recommendation): string | undefined {
  if (claimedId === undefined && userId === undefined) return undefined;
  const { slot, strategy, tier, given, model, items } = shown;
  const decided = {
    slot,
    strategy,
    tier,
    trials: given.trials,
    model: Math.floor(model / 1_000),
    items: items.map(({ item }) => item.id),
  };
  return decisionSigner(site).sign({ anonymousId: claimedId, userId }, decided, Date.now(), nonce());
}

function nonce(): Uint8Array {
  if (used >= pool.byteLength) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  used += NONCE_BYTES;
  return pool.subarray(used - NONCE_BYTES, used);
}
