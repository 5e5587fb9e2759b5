import { describe, it } from 'vitest';
import { allows } from './allows.ts';
import { type ConsentSignals, consentDefaults, consentPolicySchema, grantedPurposes, isGranted } from './policy.ts';
import { isFault, statedChoices } from './stated.ts';

const POLICY = consentPolicySchema.parse({
  granted: ['analytics', 'personalization'],
  regions: { EU: [], DE: ['analytics'], 'US-CA': ['analytics', 'personalization', 'marketing'] },
});
const at = (signals: Partial<ConsentSignals> = {}) =>
  consentDefaults(POLICY, { inEuropeanUnion: false, globalPrivacyControl: false, ...signals });

describe('the defaults of consent', () => {
  it('are those of the narrowest place that the policy names', ({ expect }) => {
    expect([...at().granted]).toEqual(['analytics', 'personalization']);
    expect([...at({ country: 'FR', inEuropeanUnion: true }).granted]).toEqual([]);
    expect([...at({ country: 'DE', inEuropeanUnion: true }).granted]).toEqual(['analytics']);
    expect([...at({ country: 'US', region: 'NY' }).granted]).toEqual(['analytics', 'personalization']);
    expect([...at({ country: 'US', region: 'CA' }).granted]).toContain('marketing');
  });

  it('grant everything where a site says nothing, but for marketing under Global Privacy Control', ({ expect }) => {
    const silent = consentPolicySchema.parse({});
    const signals = { inEuropeanUnion: true, globalPrivacyControl: false };
    expect(grantedPurposes(consentDefaults(silent, signals), undefined)).toBeUndefined();
    const refusing = consentDefaults(silent, { ...signals, globalPrivacyControl: true });
    expect(grantedPurposes(refusing, undefined)).toEqual(['analytics', 'personalization']);
    expect(isGranted(refusing, { marketing: true }, 'marketing')).toBe(false);
  });

  it('give way to the visitor’s own choice, purpose by purpose', ({ expect }) => {
    const defaults = at({ country: 'FR', inEuropeanUnion: true });
    expect(grantedPurposes(defaults, undefined)).toEqual([]);
    expect(grantedPurposes(defaults, { personalization: true })).toEqual(['personalization']);
    expect(grantedPurposes(at(), { analytics: false, marketing: true })).toEqual(['personalization', 'marketing']);
    expect(isGranted(at(), { constructor: true } as never, 'toString')).toBe(false);
  });

  it('name only purposes that the site has', ({ expect }) => {
    const wrong = consentPolicySchema.safeParse({ purposes: ['analytics'], regions: { EU: ['ads'] } });
    expect(wrong.error?.issues[0]).toMatchObject({
      path: ['regions', 'EU'],
      message: '"ads" is none of the site\'s purposes: analytics',
    });
    expect(consentPolicySchema.safeParse({ regions: { europe: [] } }).success).toBe(false);
  });
});

describe('what an event says of consent', () => {
  it('is read where Segment puts it, or short', ({ expect }) => {
    const names = { purposes: ['analytics', 'personalization', 'marketing'], categories: {} };
    const stated = (consent: unknown) => statedChoices(names, { consent });
    expect(stated({ categoryPreferences: { analytics: true } })).toEqual({ analytics: true });
    expect(stated({ analytics: false })).toEqual({ analytics: false });
    expect(statedChoices(names, {})).toBeUndefined();
    for (const consent of ['all', true, 1, ['analytics']]) expect(isFault(stated(consent))).toBe(true);
    expect(isFault(stated({ categoryPreferences: { fault: true } }))).toBe(false);
  });

  it('decides what it may be used for; a choice itself may always be kept', ({ expect }) => {
    expect(allows({ type: 'page_viewed' }, 'analytics')).toBe(true);
    expect(allows({ type: 'page_viewed', consent: ['analytics'] }, 'personalization')).toBe(false);
    expect(allows({ type: 'consent_changed', consent: [] }, 'personalization')).toBe(true);
  });
});

describe('category names of consent managers', () => {
  const names = {
    purposes: ['analytics', 'personalization', 'marketing'],
    categories: { C0002: ['analytics'], 'Targeting Cookies': ['marketing', 'personalization'], C0001: [] },
  };
  it.for<[string, unknown, unknown]>([
    ['Segment’s own example', { categoryPreferences: { Advertising: true, Analytics: false } }, { analytics: false }],
    ['OneTrust’s codes', { categoryPreferences: { C0001: true, C0002: true, C0004: false } }, { analytics: true }],
    ['names with spaces', { 'Targeting cookies': 'granted' }, { marketing: true, personalization: true }],
    ['two that disagree', { C0002: true, ANALYTICS: 'denied' }, { analytics: false }],
    [
      'words for yes and no',
      { analytics: 'yes', marketing: 0, personalization: 'opt-out' },
      { analytics: true, marketing: false, personalization: false },
    ],
    ['what is no answer', { analytics: 'maybe', marketing: null, personalization: {} }, {}],
    ['names of all objects', JSON.parse('{"__proto__":true,"constructor":true,"toString":true}'), {}],
  ])('%s', ([, consent, right], { expect }) => {
    expect(statedChoices(names, { consent })).toEqual(right);
  });

  it('RudderStack’s lists', ({ expect }) => {
    const consentManagement = {
      provider: 'oneTrust',
      allowedConsentIds: ['C0002', 7],
      deniedConsentIds: ['marketing'],
    };
    expect(statedChoices(names, { consentManagement })).toEqual({ analytics: true, marketing: false });
  });
});
