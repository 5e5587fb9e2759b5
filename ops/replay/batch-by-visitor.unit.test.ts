import fc from 'fast-check';
import { test } from 'vitest';
import { type NumberedEvent, VisitorBatches } from './batch-by-visitor.ts';

const event = (visitor: string, line: number): NumberedEvent => ({
  line,
  event: { id: `e${line}`, type: 'page_viewed', occurredAt: '2026-05-01T12:00:00.000Z', anonymousId: visitor },
});

test('each event leaves exactly once, in batches of one visitor, within the limits', ({ expect }) => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 200 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 20 }),
      (visitors, batchEvents, windowEvents) => {
        const batches = new VisitorBatches({ batchEvents, windowEvents });
        const out: NumberedEvent[][] = [];
        let held = 0;
        visitors.forEach((visitor, index) => {
          held += 1;
          const batch = batches.add(event(visitor, index + 1));
          if (batch) {
            held -= batch.length;
            out.push(batch);
          }
          expect(held).toBeLessThanOrEqual(windowEvents);
        });
        out.push(...batches.rest());
        for (const batch of out) {
          expect(batch.length).toBeLessThanOrEqual(batchEvents);
          expect(new Set(batch.map((entry) => entry.event.anonymousId)).size).toBe(1);
        }
        for (const visitor of ['a', 'b', 'c', 'd']) {
          const lines = out.flat().filter((entry) => entry.event.anonymousId === visitor);
          expect(lines.map(({ line }) => line)).toEqual(
            visitors.flatMap((name, index) => (name === visitor ? [index + 1] : [])),
          );
        }
      },
    ),
  );
});
