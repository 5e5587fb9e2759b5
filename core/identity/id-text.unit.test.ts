import { describe, it } from 'vitest';
import { idText } from './id-text.ts';

describe('an id of a person', () => {
  it.for([
    ['ann', 'ann'],
    [42, '42'],
    [-7, '-7'],
    [7301444403294576641n, '7301444403294576641'],
    ['007', '007'],
    ['nullable', 'nullable'],
    ['guest-17', 'guest-17'],
  ] as const)('%s is %s', ([value, right], { expect }) => {
    expect(idText(value)).toBe(right);
  });

  it.for([
    undefined,
    null,
    '',
    ' ',
    'undefined',
    'NULL',
    'null',
    'NaN',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1.5,
    2 ** 53,
    true,
    'false',
    {},
    [],
    ['ann'],
    '[object Object]',
    String({}),
    0,
    -0,
    '0',
    '0000',
    '00000000-0000-0000-0000-000000000000',
    '-',
    () => 'ann',
    Symbol('ann'),
  ])('%o names nobody', (value, { expect }) => {
    expect(idText(value)).toBeUndefined();
  });
});
