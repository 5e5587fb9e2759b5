import canonicalize from 'canonicalize';
import { fnv1a } from '../hash.ts';
import type { WireEvent } from './wire-event.ts';

/**
 * 32 bits of FNV-1a over what the client said (RFC 8785 canonical JSON): two events with the same id and another
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
  return fnv1a(canonicalize(said) ?? '');
}
