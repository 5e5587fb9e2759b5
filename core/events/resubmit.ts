import { deviceLedger, isLedger, ledgerId } from '../identity/ledger.ts';
import { isRecord } from '../json/values.ts';

/** Reasons whose events may be sent in again, with what they are. Dead letters go back as messages, by a way of their own. */
export const RESUBMITTED = [
  'invalid_envelope',
  'invalid_properties',
  'odd_event',
  'schema_violation',
  'too_large',
  'too_deep',
  'late',
  'conflict',
  'quota',
  'proof_required',
  'proof_invalid',
  'secret_key_required',
  'invalid_consent',
] as const;

/**
 * A failed event as a client would send it: what the door refused is that already; what the profile refused was enriched before, and loses what
 * was added. A proof is never kept, so a link needs a new one.
 */
export function resubmittable(payload: unknown): unknown {
  if (!isRecord(payload) || typeof payload.ledger !== 'string' || !isLedger(payload.ledger)) return payload;
  const { id, type, occurredAt, userId, properties, context, ledger } = payload;
  const device = ledgerId(ledger);
  return {
    ...{ id, type, occurredAt },
    ...(ledger === deviceLedger(device) && { anonymousId: device }),
    ...(userId !== undefined && { userId }),
    ...(properties !== undefined && { properties }),
    ...(context !== undefined && { context }),
  };
}
