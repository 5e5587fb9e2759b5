import fc from 'fast-check';
import { describe, it } from 'vitest';
import { OUTCOMES } from './minute.ts';
import { isWanted, propertiesText, type TailLine, tailFilterSchema, tailPart } from './tail.ts';

const line = (more: Partial<TailLine> = {}): TailLine => ({
  at: 0,
  outcome: 'accepted',
  type: 'product_viewed',
  id: 'e1',
  anonymousId: 'ann',
  properties: '{"brand":"Nord"}',
  ...more,
});
const wanted = (query: Record<string, string>, more: Partial<TailLine> = {}) =>
  isWanted(line(more), tailFilterSchema.parse(query));

describe('a filter of the tail', () => {
  it.for<[Record<string, string>, Partial<TailLine>, boolean]>([
    [{}, {}, true],
    [{ type: 'product_viewed, page_viewed' }, {}, true],
    [{ type: 'page_viewed' }, {}, false],
    [{ type: 'page_viewed' }, { type: null }, false],
    [{ outcome: 'rejected,late' }, { outcome: 'late' }, true],
    [{ outcome: 'rejected' }, {}, false],
    [{ user: 'ann' }, {}, true],
    [{ user: 'ann' }, { anonymousId: 'bob', userId: 'ann' }, true],
    [{ user: 'ann' }, { anonymousId: 'anna' }, false],
    [{ text: 'nord' }, {}, true],
    [{ notText: 'nord' }, {}, false],
    [{ notType: 'product_viewed' }, {}, false],
    [{ notOutcome: 'accepted' }, {}, false],
    [{ type: 'product_viewed', notText: 'sale' }, {}, true],
  ])('%j of %j: %s', ([query, more, expected], { expect }) => {
    expect(wanted(query, more)).toBe(expected);
  });

  it('is refused where it means nothing', ({ expect }) => {
    for (const query of [{ outcome: 'lost' }, { typ: 'a' }, { type: 'a'.repeat(200) }])
      expect(tailFilterSchema.safeParse(query).success).toBe(false);
  });
});

describe('what goes to who watches', () => {
  it('and what is left out is all that came, whatever the filter and the room', ({ expect }) => {
    const lines = fc.array(
      fc
        .record({ outcome: fc.constantFrom(...OUTCOMES), type: fc.constantFrom('a', 'b', null) })
        .map((one) => line(one)),
    );
    const query = fc.record(
      { type: fc.constantFrom('a', 'b'), notOutcome: fc.constantFrom(...OUTCOMES) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(lines, query, fc.integer({ min: -1, max: 20 }), (all, one, room) => {
        const filter = tailFilterSchema.parse(one);
        const part = tailPart(all, filter, room);
        expect(part.lines.length + part.filtered + part.tooMany).toBe(all.length);
        expect(part.lines.every((shown) => isWanted(shown, filter))).toBe(true);
        expect(part.lines.length).toBeLessThanOrEqual(Math.max(0, room));
      }),
    );
  });

  it('has properties that are cut', ({ expect }) => {
    expect(propertiesText({ a: 1 })).toBe('{"a":1}');
    expect(propertiesText({ a: 'x'.repeat(9_000) })?.length).toBe(2_001);
    expect(propertiesText(undefined)).toBeUndefined();
  });
});
