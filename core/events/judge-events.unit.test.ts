import { describe, it } from 'vitest';
import { consentDefaults, consentPolicySchema } from '../consent/policy.ts';
import { judgeEvents, type Terms } from './judge-events.ts';
import type { WireEvent } from './wire-event.ts';

const NOW = Date.parse('2026-05-01T12:00:00Z');
const grants = (granted: string[]) =>
  consentDefaults(consentPolicySchema.parse({ granted }), { inEuropeanUnion: false, globalPrivacyControl: false });
const terms = (more: Partial<Terms> = {}, sender: Partial<Terms['sender']> = {}): Terms => ({
  sender: {
    hasSecretKey: false,
    trustsUnsignedLinks: false,
    proofFault: async (token) => (token === 'good' ? undefined : 'the proof is refused'),
    ...sender,
  },
  consent: grants(['analytics', 'personalization', 'marketing']),
  sentAtMs: NOW,
  receivedAtMs: NOW,
  horizonDays: 14,
  ...more,
});
const event = (more: Partial<WireEvent> = {}): WireEvent => ({
  id: 'e',
  type: 'product_viewed',
  occurredAt: new Date(NOW - 60_000).toISOString(),
  anonymousId: 'd',
  properties: { product_id: 'p' },
  ...more,
});
const SERVER = terms({}, { hasSecretKey: true });
const identify = (more: Partial<WireEvent> = {}) => event({ type: 'identify', userId: 'u', properties: {}, ...more });

describe('what becomes of an event at the door', () => {
  it.for<[string, WireEvent, Terms, string]>([
    ['a page’s view', event(), terms(), 'a/d'],
    ['a view of no purpose', event(), terms({ consent: grants([]) }), 'no_consent'],
    [
      'a choice of no purpose',
      event({ type: 'consent_changed', properties: { purposes: { analytics: false } } }),
      terms({ consent: grants([]) }),
      'a/d',
    ],
    ['an unreadable consent', event({ context: { consent: 'maybe' } }), terms(), 'invalid_consent'],
    [
      'a view of fifteen days ago',
      event({ occurredAt: new Date(NOW - 15 * 86_400_000).toISOString() }),
      terms(),
      'late',
    ],
    ['a user’s event from a page', event({ anonymousId: undefined, userId: 'u' }), terms(), 'proof_required'],
    ['a user’s event from the server', event({ anonymousId: undefined, userId: 'u' }), SERVER, 'u/u'],
    ['a forged proof', identify({ proof: 'bad' }), terms(), 'proof_invalid'],
    ['traits from a page', event({ type: 'traits_imported' }), terms(), 'secret_key_required'],
    ['traits from the server', event({ type: 'traits_imported' }), SERVER, 'a/d'],
  ])('%s', async ([, wire, under, expected], { expect }) => {
    const { accepted, refused } = await judgeEvents([{ index: 7, event: wire }], under);
    const outcome = accepted[0]?.ledger ?? refused[0]?.refusal.code;
    expect(outcome).toBe(expected);
    expect(refused.map(({ index }) => index)).toEqual(accepted.length > 0 ? [] : [7]);
  });

  it.for<[string, WireEvent, Terms, string | undefined]>([
    ['a token', identify({ proof: 'good' }), terms(), 'token'],
    ['the secret key', identify(), SERVER, 'secret_key'],
    ['a site that trusts its pages', identify(), terms({}, { trustsUnsignedLinks: true }), 'trusted'],
    ['nothing', identify(), terms(), undefined],
    ['nothing, where the event links nothing', event({ userId: 'u', proof: 'good' }), terms(), undefined],
  ])('a link is vouched for by %s', async ([, wire, under, proof], { expect }) => {
    const { accepted } = await judgeEvents([{ index: 0, event: wire }], under);
    expect(accepted[0]?.event.proof).toBe(proof);
  });

  it('one bad event costs no neighbour, and no refused one keeps its proof', async ({ expect }) => {
    const candidates = [event({ id: 'a' }), identify({ id: 'b', proof: 'bad' }), event({ id: 'c' })];
    const { accepted, refused } = await judgeEvents(
      candidates.map((one, index) => ({ index, event: one })),
      terms(),
    );
    expect(accepted.map((one) => one.event.id)).toEqual(['a', 'c']);
    expect(JSON.stringify(refused)).not.toContain('bad"');
  });
});
