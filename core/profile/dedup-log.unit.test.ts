import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DedupLog } from './dedup-log.ts';

describe('the dedup log', () => {
  it('knows exactly the ids that were added, also after it was sealed, stored and loaded', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 900 }),
        (ids) => {
          const half = Math.ceil(ids.length / 2);
          const log = new DedupLog([], new Uint8Array(0));
          const pages: Uint8Array[] = [];
          for (const [index, id] of ids.slice(0, half).entries()) {
            log.add(id, index, 'm', 1_000);
            const sealed = log.seal();
            if (sealed) pages.push(sealed.entries);
          }
          const loaded = new DedupLog(pages, log.tail());
          expect(loaded.size).toBe(half);
          for (const [index, id] of ids.entries()) {
            expect(loaded.look(id, index, 'm')).toEqual(
              index < half ? { known: true, sameContent: true, owned: true } : { known: false },
            );
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
