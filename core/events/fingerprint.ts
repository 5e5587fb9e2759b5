import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { WireEvent } from './wire-event.ts';

/**
 * The first 32 bits of SHA-256 over what the client said (RFC 8785 canonical JSON): two events with the same id and another
 * fingerprint are a conflict. Enrichment is left out, so that a retry from another place is the same event.
 */
export function contentFingerprint(event: WireEvent): number {
  const said = [
    event.type,
    event.occurredAt,
    event.anonymousId ?? null,
    event.userId ?? null,
    event.properties ?? null,
    event.context ?? null,
  ];
  return createHash('sha256')
    .update(canonicalize(said) ?? '')
    .digest()
    .readUInt32LE(0);
}
