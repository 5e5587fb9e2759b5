import { test } from 'vitest';
import { listPriceUsd } from './prices.ts';

test('each operation costs its list price', ({ expect }) => {
  const none = {
    requests: 0,
    cpuMs: 0,
    objectRequests: 0,
    rowsWritten: 0,
    rowsRead: 0,
    queueOperations: 0,
    r2ClassA: 0,
    r2ClassB: 0,
  };
  expect(listPriceUsd(none)).toBe(0);
  expect(listPriceUsd({ ...none, rowsWritten: 500_000, queueOperations: 600_000 })).toBeCloseTo(0.74, 10);
});
