import { test } from 'vitest';
import { Pace } from './pace.ts';

test('work is spaced to the rate, and a pause earns no burst', ({ expect }) => {
  const pace = new Pace(10);
  expect(pace.reserve(5, 0)).toBe(0);
  expect(pace.reserve(5, 0)).toBe(500);
  expect(pace.reserve(1, 10_000)).toBe(0);
  expect(pace.reserve(1, 10_000)).toBe(100);
  expect(new Pace(Number.POSITIVE_INFINITY).reserve(1_000, 0)).toBe(0);
});
