import type { DecisionClaim, DecisionSigner } from '../decisions/decision-token.ts';
import { fnv1a } from '../hash.ts';
import { DAY_MS } from '../time.ts';
import type { EnrichedEvent } from './message.ts';

/** Events that may come from a decision, and the first word of the ids that they get. */
const TYPES: Readonly<Record<string, string>> = { recommendation_shown: 'shown', recommendation_clicked: 'clicked' };

/**
 * An impression or a click with the decision that it comes from, in the place of the token. Its id and content are the decision's then, so that
 * a token counts once however often, and under whichever ids, it is sent: what keeps one event from counting twice keeps one decision from it.
 * A token that proves nothing leaves the event as any other, with a word on why.
 */
export function fromDecision(
  event: EnrichedEvent,
  signer: DecisionSigner | undefined,
  person: Pick<DecisionClaim, 'anonymousId' | 'userId'>,
  { receivedAtMs, horizonDays }: { readonly receivedAtMs: number; readonly horizonDays: number },
): EnrichedEvent {
  const word = Object.hasOwn(TYPES, event.type) ? TYPES[event.type] : undefined;
  const { decision: token, ...properties } = event.properties ?? {};
  if (word === undefined || signer === undefined || typeof token !== 'string') return event;
  const product = word === 'clicked' ? String(properties.product_id) : undefined;
  const times = { happenedAtMs: event.time, receivedAtMs, horizonMs: horizonDays * DAY_MS };
  const { anonymousId, userId } = person;
  const read = signer.read({ token, slot: String(properties.slot), product, anonymousId, userId, ...times });
  if ('fault' in read) return { ...event, decisionFault: read.fault };
  const id = product === undefined ? `${word}.${read.id}` : `${word}.${read.id}.${fnv1a(product).toString(36)}`;
  return { ...event, id, fingerprint: fnv1a(id), properties, decision: read };
}
