import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeySet } from './key-set.ts';

test('answers as a Set does, however it is filled, emptied and grown', () => {
  const key = fc.oneof(fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 0, max: 20 }));
  const fillings = fc.array(fc.array(key, { maxLength: 200 }), { maxLength: 5 });
  fc.assert(
    fc.property(fillings, (queries) => {
      const set = new KeySet(3);
      for (const keys of queries) {
        const model = new Set<number>();
        for (const each of keys) {
          expect(set.add(each)).toBe(!model.has(each));
          model.add(each);
        }
        set.clear();
      }
    }),
  );
});
