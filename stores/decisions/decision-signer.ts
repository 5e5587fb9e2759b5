import { DecisionSigner } from '../../core/decisions/decision-token.ts';
import type { Site } from '../sites/site.ts';

const signers = new Map<string, DecisionSigner>();
const MAX_SIGNERS = 200;

/** What signs and reads the decisions of a site; made once an isolate and key. */
export function decisionSigner({ id, visitorKey }: Pick<Site, 'id' | 'visitorKey'>): DecisionSigner {
  const key = `${id} ${visitorKey}`;
  const known = signers.get(key);
  if (known) return known;
  if (signers.size >= MAX_SIGNERS) signers.clear();
  const signer = new DecisionSigner(id, visitorKey);
  signers.set(key, signer);
  return signer;
}
