import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SeenIds } from './seen-ids.ts';

it('knows what it has seen, however adding and asking take turns, beyond its first room too', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.string({ maxLength: 3 })), { maxLength: 200 }), (steps) => {
      const [ids, expected] = [new SeenIds(), new Set<string>()];
      for (const [adds, id] of steps) {
        if (adds) {
          ids.add(id);
          expected.add(id);
        } else expect([id, ids.has(id)]).toEqual([id, expected.has(id)]);
      }
    }),
  );
  const many = new SeenIds();
  for (let n = 0; n < 10_000; n += 1) many.add(`p${n}`);
  expect([0, 4_095, 4_096, 9_999, 10_000].map((n) => many.has(`p${n}`))).toEqual([true, true, true, true, false]);
});
