import { test } from 'vitest';
import { debugToken, MAX_DEBUG_MS, opensDebugger } from './debug-token.ts';

const NOW = 1_700_000_000_000;

test('a link opens the debugger of its site, for its time, and nothing else does', ({ expect }) => {
  const token = debugToken('a1', NOW + 1_000);
  expect(opensDebugger('a1', token, NOW)).toBe(true);
  expect(opensDebugger('a1', token, NOW + 1_000)).toBe(false);
  expect(opensDebugger('b2', token, NOW)).toBe(false);
  expect(opensDebugger('a1', debugToken('a1', NOW + MAX_DEBUG_MS + 1), NOW)).toBe(false);
  const [, signature] = token.split('.');
  for (const forged of [
    '',
    '.',
    'x',
    token.slice(0, -1),
    `${(NOW + 5_000).toString(36)}.${signature}`,
    `Infinity.${signature}`,
  ])
    expect([forged, opensDebugger('a1', forged, NOW)]).toEqual([forged, false]);
});
