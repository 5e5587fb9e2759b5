import { describe, it } from 'vitest';
import { type Known, sequenceOf } from './known.ts';

const known = (recent: string[], more: object = {}): Known => ({
  tier: 'live',
  reason: 'live_profile',
  recent,
  ...more,
});

describe('the sequence that a visitor is recommended to by', () => {
  it.for([
    ['is all that he had, oldest first, where no session is told', known(['c', 'b', 'b', 'a']), 'abbc'],
    ['has earlier sessions while this one is short', known(['e', 'd', 'c', 'b', 'a'], { session: 3 }), 'abcde'],
    ['has them where no session goes on', known(['e', 'd', 'c', 'b', 'a'], { session: 0 }), 'abcde'],
    ['is of this session once that tells enough', known(['e', 'd', 'c', 'b', 'a'], { session: 4 }), 'bcde'],
    ['counts twice what went into the cart', known(['c', 'b', 'a'], { carts: [0, 2] }), 'aabcc'],
    [
      'counts no cart of earlier sessions that it leaves out',
      known(['e', 'd', 'c', 'b', 'a'], { session: 4, carts: [3, 4] }),
      'bbcde',
    ],
    ['is empty where nothing is known', { tier: 'none', reason: 'no_visitor' } as Known, ''],
  ] as const)('%s', ([, given, expected], { expect }) => {
    expect(sequenceOf(given).join('')).toBe(expected);
  });
});
