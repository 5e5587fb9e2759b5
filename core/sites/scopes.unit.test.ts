import fc from 'fast-check';
import { describe, it } from 'vitest';
import { type KeyScope, keyScopeSchema, mayGrant, permits } from './scopes.ts';

const scope = fc.constantFrom(...keyScopeSchema.options);
const scopes = fc.uniqueArray(scope, { maxLength: 5 });

describe('permits', () => {
  it.for<[KeyScope[], KeyScope, boolean]>([
    [[], 'keys', true],
    [['catalog'], 'catalog', true],
    [['catalog'], 'catalog:read', true],
    [['catalog:read'], 'catalog:read', true],
    [['catalog:read'], 'catalog', false],
    [['catalog'], 'merchandising:read', false],
    [['events'], 'recommendations:read', false],
  ])('%j, for %s: %s', ([own, needed, expected], { expect }) => {
    expect(permits(own, needed)).toBe(expected);
  });
});

describe('mayGrant', () => {
  it('gives nobody a key that opens what its maker’s does not', ({ expect }) => {
    fc.assert(
      fc.property(scopes, scopes, scope, (own, given, needed) => {
        if (mayGrant(own, given) && permits(given, needed)) expect(permits(own, needed)).toBe(true);
      }),
    );
  });
});
