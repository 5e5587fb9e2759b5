import fc from 'fast-check';
import { test } from 'vitest';
import { jsonParts } from './statements.ts';

/** Bytes of a value of D1. */
const MOST = 2_000_000;

test('a list goes in parts that D1 can bind, in order, each value once', ({ expect }) => {
  const values = fc.oneof(
    fc.string(),
    fc.tuple(fc.constantFrom('a', 'é', '漢'), fc.integer({ min: 1, max: 200_000 })).map(([text, n]) => text.repeat(n)),
  );
  fc.assert(
    fc.property(fc.array(values, { maxLength: 12 }), (list) => {
      const parts = jsonParts(list);
      expect(parts.flatMap((part) => JSON.parse(part))).toEqual(list);
      for (const part of parts) expect(Buffer.byteLength(part)).toBeLessThan(MOST);
    }),
    { numRuns: 100 },
  );
  expect(jsonParts([])).toEqual([]);
});
