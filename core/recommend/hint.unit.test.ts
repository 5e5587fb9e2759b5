import fc from 'fast-check';
import { describe, it } from 'vitest';
import { MAX_HINT_LENGTH, parseHint, withHint } from './hint.ts';
import type { Known } from './known.ts';

const LIVE = { tier: 'live', reason: 'live_profile', recent: ['a', 'b'] } as const;
const BOTH = { tier: 'live', reason: 'live_profile_and_browser' } as const;

describe('a hint', () => {
  it('is read entry by entry, newest first', ({ expect }) => {
    expect(parseHint('vshoe-1/abag%202%2F3/r%C3%A9')).toEqual([
      { kind: 'view', item: 'shoe-1' },
      { kind: 'cart', item: 'bag 2/3' },
      { kind: 'removal', item: 'é' },
    ]);
  });

  it('is taken from anybody: what cannot be read is left out, and nothing throws', ({ expect }) => {
    expect(parseHint('v%/x1/v/vgood/__proto__/constructor')).toEqual([{ kind: 'view', item: 'good' }]);
    expect(parseHint(undefined)).toEqual([]);
    expect(parseHint(`v${'x'.repeat(257)}`)).toEqual([]);
    expect(parseHint('va/'.repeat(MAX_HINT_LENGTH))).toEqual([]);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseHint(text).length).toBeLessThanOrEqual(8);
      }),
    );
  });

  it.for<[string, Known, string, boolean, Known]>([
    ['comes first', LIVE, 'vc', true, { ...BOTH, recent: ['c', 'a', 'b'], session: 3, carts: [] }],
    ['repeats', LIVE, 'vb', true, { ...BOTH, recent: ['b', 'a', 'b'], session: 3, carts: [] }],
    [
      'is of the session that goes on, and knows carts',
      { ...LIVE, recent: ['a', 'b', 'c'], session: 1, carts: [0, 2] },
      'vx/ay',
      true,
      { ...BOTH, recent: ['x', 'y', 'a', 'b', 'c'], session: 3, carts: [1, 2, 4] },
    ],
    ['knows what came meanwhile', LIVE, 'vc/va', true, { ...BOTH, recent: ['c', 'a', 'b'], session: 3, carts: [] }],
    ['that says what is known is no news', LIVE, 'va/vb', true, LIVE],
    ['of a removal shows nothing', LIVE, 'rc', true, LIVE],
    [
      'stands alone',
      { tier: 'none', reason: 'no_visitor' },
      'vd/ac',
      true,
      { tier: 'live', reason: 'browser', recent: ['d', 'c'], carts: [1] },
    ],
    [
      'is not believed against a refusal',
      { tier: 'none', reason: 'no_consent' },
      'vc',
      true,
      { tier: 'none', reason: 'no_consent' },
    ],
    [
      'needs consent where nobody can be asked',
      { tier: 'none', reason: 'profile_error' },
      'vc',
      false,
      { tier: 'none', reason: 'profile_error' },
    ],
  ])('%s', ([, known, hint, mayPersonalize, right], { expect }) => {
    expect(withHint(known, parseHint(hint), mayPersonalize)).toEqual(right);
  });

  it.for<[string, Known, string, boolean, Known]>([
    ['adds', LIVE, 'ac', true, { tier: 'live', reason: 'live_profile_and_browser', recent: ['c', 'a', 'b'] }],
    ['takes out', LIVE, 'ra', true, { tier: 'live', reason: 'live_profile_and_browser', recent: ['b'] }],
    ['changes its mind', LIVE, 'aa/ra', true, LIVE],
    ['changes it again', LIVE, 'rc/ac', true, LIVE],
    ['only looks', LIVE, 'vc', true, LIVE],
    [
      'stands alone',
      { tier: 'none', reason: 'no_visitor' },
      'ac/vd',
      true,
      { tier: 'live', reason: 'browser', recent: ['c'] },
    ],
    ['is not believed', { tier: 'none', reason: 'no_consent' }, 'ac', true, { tier: 'none', reason: 'no_consent' }],
    ['is empty', { tier: 'none', reason: 'no_visitor' }, 'rc', true, { tier: 'none', reason: 'no_visitor' }],
  ])('of a cart %s', ([, known, hint, mayPersonalize, right], { expect }) => {
    expect(withHint(known, parseHint(hint), mayPersonalize, 'cart')).toEqual(right);
  });
});
