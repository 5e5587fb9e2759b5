import { consentDefaults } from '../../../core/consent/policy.ts';
import type { EventSource } from '../../../queues/events/take-events.ts';
import type { Site } from '../../../stores/sites/site.ts';

/** A file of the shop's own server, which knows whom it speaks of, and has the file still. */
export function importSource(site: Site, receivedAtMs: number): EventSource {
  return {
    site: site.id,
    sender: { hasSecretKey: true, trustsUnsignedLinks: false, proofFault: async () => 'an import bears no proofs' },
    consent: consentDefaults(site.settings.consent, { inEuropeanUnion: false, globalPrivacyControl: false }),
    client: { device: 'unknown', bot: false },
    receivedAtMs,
    keepsRefused: false,
    live: false,
  };
}
