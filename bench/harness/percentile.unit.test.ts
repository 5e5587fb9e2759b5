import { test } from 'vitest';
import { median, percentile } from './percentile.ts';

test('percentiles are those of the nearest rank, whatever the order', ({ expect }) => {
  const samples = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(percentile(samples, 0.5)).toBe(50);
  expect(percentile(samples, 0.99)).toBe(99);
  expect(median([3])).toBe(3);
  expect(() => percentile([], 0.5)).toThrow('no samples');
});
