import fc from 'fast-check';
import { describe, it } from 'vitest';
import { consentDefaults, consentPolicySchema } from '../consent/policy.ts';
import { indexOf, keepable } from './failed-event.ts';

const policy = (granted: string[]) =>
  consentDefaults(consentPolicySchema.parse({ granted }), { inEuropeanUnion: false, globalPrivacyControl: false });
const ALL = policy(['analytics', 'personalization', 'marketing']);
const NONE = policy([]);
const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl';

describe('whose a failed event is', () => {
  it.for<[string, unknown, string | undefined, string | undefined]>([
    ['a device’s', { anonymousId: 'd1' }, 'a/d1', undefined],
    ['a user’s', { userId: 'u1' }, 'u/u1', undefined],
    ['a device’s that names a user', { anonymousId: 'd1', userId: 'u1' }, 'a/d1', 'u/u1'],
    ['by numbers', { anonymousId: 4711, userId: 42 }, 'a/4711', 'u/42'],
    ['in snake case', { anonymous_id: 'd1', user_id: 'u1' }, 'a/d1', 'u/u1'],
    ['in capitals', { AnonymousID: 'd1' }, 'a/d1', undefined],
    ['with spaces around', { anonymousId: ' d1 ' }, 'a/d1', undefined],
    ['of a message', { v: 2, ledger: 'a/d1', events: [{ userId: 'u1' }] }, 'a/d1', 'u/u1'],
    ['of a message of the first version', { v: 1, anonymousId: 'd1', events: [{}] }, 'a/d1', undefined],
    ['of a user’s own ledger', { ledger: 'u/u1', userId: 'u1' }, 'u/u1', undefined],
    ['nobody’s', { anonymousId: '', userId: null, ledger: 'x' }, undefined, undefined],
    ['nobody’s, being no object', 'text', undefined, undefined],
  ])('%s', ([, payload, ledger, userLedger], { expect }) => {
    expect(indexOf(payload)).toMatchObject({ ledger, userLedger });
  });

  it('happened at the earliest time that it says', ({ expect }) => {
    const occurredAt = '2026-05-01T12:00:00Z';
    expect(indexOf({ occurredAt, receivedAt: Date.parse(occurredAt) + 5 }).happenedAt).toBe(Date.parse(occurredAt));
    expect(indexOf({ events: [{ time: 7, id: 'e1', type: 't' }] })).toMatchObject({
      happenedAt: 7,
      eventId: 'e1',
      type: 't',
    });
    expect(indexOf({ occurredAt: 'never' }).happenedAt).toBeUndefined();
  });
});

describe('what may be kept of a failed event', () => {
  it('holds no proof, wherever it stood and however it was written', ({ expect }) => {
    const proofs = fc.constantFrom('proof', 'Proof', 'PROOF', 'pro_of', 'pro-of');
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.array(proofs, { minLength: 1, maxLength: 3 }), (value, names) => {
        const payload = names.reduce<unknown>((held, name) => ({ [name]: JWT, held, list: [held] }), value);
        expect(JSON.stringify(keepable(payload, ALL))).not.toContain(JWT);
      }),
    );
    // So deep that nothing recursive may look at it.
    const deep = Array.from({ length: 100_000 }).reduce<unknown>((held) => ({ held, proof: JWT }), { proof: JWT });
    expect(JSON.stringify(keepable(deep, ALL))).not.toContain(JWT);
    expect(keepable({ context: { consent: deep } }, ALL)).toBeDefined();
    expect(keepable({ events: [{ id: 'e', proof: 'token' }] }, undefined)).toEqual({
      events: [{ id: 'e', proof: 'token' }],
    });
  });

  it.for<[string, typeof ALL, Record<string, unknown>, boolean]>([
    ['everything, where the site grants by default', ALL, {}, true],
    ['nothing, where the site grants nothing', NONE, {}, false],
    [
      'nothing, where the visitor refuses all',
      ALL,
      { analytics: false, personalization: false, marketing: false },
      false,
    ],
    ['it, where the visitor grants one', NONE, { analytics: true }, true],
    ['nothing of a refusal that cannot be read', ALL, { C0002: 'denied' }, false],
    ['it, of a grant that cannot be read', NONE, { analytics: 'yes' }, true],
  ])('is %s', ([, defaults, stated, kept], { expect }) => {
    const context = Object.keys(stated).length > 0 ? { consent: { categoryPreferences: stated } } : {};
    const payload = { id: 'e', type: 'product_viewed', properties: { product_id: '' }, context };
    expect(keepable(payload, defaults) !== undefined).toBe(kept);
  });

  it('is the proof of a choice, whatever it grants, and of a message only what its visitors granted', ({ expect }) => {
    const choice = { id: 'c', type: 'consent_changed', properties: { purposes: { analytics: 'x' } } };
    expect(keepable(choice, NONE)).toEqual(choice);
    const message = {
      v: 2,
      events: [
        { id: 'e1', consent: [] },
        { id: 'e2', consent: ['analytics'] },
      ],
    };
    expect(keepable(message, undefined)).toEqual({ v: 2, events: [{ id: 'e2', consent: ['analytics'] }] });
    expect(keepable({ v: 2, events: [{ id: 'e1', consent: [] }] }, undefined)).toBeUndefined();
  });
});
