import fc from 'fast-check';
import { describe, it } from 'vitest';
import { claimsOf, isSigned, signedToken } from './signed-token.ts';
import { visitorToken } from './visitor-token.ts';

const SITE = 'ab'.repeat(32);
const claims = { key: 'c'.repeat(64), until: 10_000 };

describe('a signed token', () => {
  it('says what was signed, until it is over, for its own site only', ({ expect }) => {
    const token = signedToken(SITE, 'session', claims);
    expect(claimsOf('session', token, 9_999)).toEqual(claims);
    expect(claimsOf('session', token, 10_000)).toBeUndefined();
    expect(isSigned(SITE, 'session', token)).toBe(true);
    expect(isSigned('cd'.repeat(32), 'session', token)).toBe(false);
    expect(isSigned(SITE, 'explain', token)).toBe(false);
    expect(claimsOf('explain', token, 0)).toBeUndefined();
    // What the site signs for visitors signs no session.
    const text = token.split('.')[0] ?? '';
    const [signature = ''] = visitorToken(SITE, text).split('.');
    expect(isSigned(SITE, 'session', `${text}.${signature}`)).toBe(false);
  });

  it('is nobody’s once anything of it is changed, and whatever else comes is none', ({ expect }) => {
    const token = signedToken(SITE, 'session', claims);
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom('A', 'b', '9', '-', '.', ''), (at, one) => {
        const changed = token.slice(0, at) + one + token.slice(at + 1);
        if (changed !== token)
          expect(isSigned(SITE, 'session', changed) && claimsOf('session', changed, 0) !== undefined).toBe(false);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(isSigned(SITE, 'session', text)).toBe(false);
        expect(claimsOf('session', text, 0)).toBeUndefined();
      }),
    );
    expect(claimsOf('session', 'x'.repeat(10_000), 0)).toBeUndefined();
  });
});
