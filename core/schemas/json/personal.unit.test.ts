import fc from 'fast-check';
import { describe, it } from 'vitest';
import { References, type SchemaNode } from './document.ts';
import { holdsMask, MASK, masked, maskedFaults, personalPlaces } from './personal.ts';

const placesOf = (schema: SchemaNode, documents: Readonly<Record<string, SchemaNode>> = {}) =>
  personalPlaces(
    schema,
    new References(
      schema,
      Object.entries(documents).map(([name, one]) => ({ name, schema: one })),
    ),
  );
const P = { 'x-personal': true };

describe('personal values', () => {
  it.for<[string, SchemaNode, unknown, unknown]>([
    ['a property', { properties: { email: P } }, { email: 'a@b', total: 1 }, { email: MASK, total: 1 }],
    ['Confluent’s tag', { properties: { email: { 'confluent:tags': ['PII'] } } }, { email: 'a' }, { email: MASK }],
    ['another tag', { properties: { email: { 'confluent:tags': ['PUBLIC'] } } }, { email: 'a' }, { email: 'a' }],
    ['an object as a whole', { properties: { to: P } }, { to: { street: 'x' } }, { to: MASK }],
    ['items', { properties: { to: { items: { properties: { n: P } } } } }, { to: [{ n: 1 }] }, { to: [{ n: MASK }] }],
    ['a definition', { properties: { a: { $ref: '#/$defs/p' } }, $defs: { p: P } }, { a: 1, b: 2 }, { a: MASK, b: 2 }],
    ['all others', { properties: { id: {} }, additionalProperties: P }, { id: 1, x: 2 }, { id: 1, x: MASK }],
    ['a branch', { anyOf: [{ properties: { a: P } }, {}] }, { a: 1 }, { a: MASK }],
    ['a pattern', { patternProperties: { '^x_': P } }, { x_1: 1 }, { x_1: MASK }],
    ['everything', P, { a: 1 }, MASK],
    ['nothing', { properties: { a: {} } }, { a: [1, { b: null }] }, { a: [1, { b: null }] }],
  ])('%s', ([, schema, value, expected], { expect }) => {
    expect(masked(value, placesOf(schema))).toEqual(expected);
  });

  it('are found in what a schema refers to, and round a circle', ({ expect }) => {
    const tree = { properties: { name: P, children: { items: { $ref: '#' } } } };
    const value = { name: 1, children: [{ name: 2, children: [{ name: 3 }] }] };
    expect(masked(value, placesOf({ allOf: [{ $ref: 'tree' }] }, { tree }))).toEqual({
      name: MASK,
      children: [{ name: MASK, children: [{ name: MASK }] }],
    });
  });

  it('are masked wherever they stand, and all else stays', ({ expect }) => {
    const name = fc.constantFrom('a', 'b', 'c');
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ depthSize: 'small' }, fc.constantFrom('open', 'secret'), fc.dictionary(name, tie('any'))),
    })).any;
    const schema: fc.Arbitrary<SchemaNode> = fc.letrec<{ any: SchemaNode }>((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.constant(P),
        fc.constant({}),
        fc.record({ properties: fc.dictionary(name, tie('any')) }),
        fc.record({ allOf: fc.array(tie('any'), { maxLength: 2 }) }),
      ),
    })).any;
    const isPersonalAt = (node: SchemaNode, path: readonly string[]): boolean => {
      if (typeof node === 'boolean') return false;
      if ('x-personal' in node) return true;
      const all = (node.allOf as SchemaNode[] | undefined) ?? [];
      const [first, ...rest] = path;
      const below =
        first === undefined ? undefined : (node.properties as Record<string, SchemaNode> | undefined)?.[first];
      return all.some((one) => isPersonalAt(one, path)) || (below !== undefined && isPersonalAt(below, rest));
    };
    const leaves = (held: unknown, path: string[] = []): [string[], unknown][] =>
      typeof held === 'object' && held !== null && Object.keys(held).length > 0
        ? Object.entries(held).flatMap(([key, one]) => leaves(one, [...path, key]))
        : [[path, held]];
    const at = (held: unknown, path: readonly string[]): unknown =>
      path.reduce<unknown>((node, key) => (node === MASK ? MASK : (node as Record<string, unknown>)[key]), held);
    fc.assert(
      fc.property(schema, value, (node, held) => {
        const shown = masked(held, placesOf(node));
        for (const [path, leaf] of leaves(held))
          expect(at(shown, path)).toEqual(isPersonalAt(node, path) ? MASK : leaf);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are known again where somebody would write them back', ({ expect }) => {
    expect([holdsMask({ a: [{ b: MASK }] }), holdsMask({ a: `${MASK}!` }), holdsMask(null)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('are not quoted by what is told of faults', ({ expect }) => {
    const places = placesOf({ properties: { email: P, to: { properties: { zip: P } } } });
    const told = (message: string) => maskedFaults(message, places);
    expect(told('properties.total: expected number, but it is "x"')).toBe(
      'properties.total: expected number, but it is "x"',
    );
    for (const fault of [
      'properties.email: does not match "^.+@.+$": "ann.example"',
      'properties.to.zip: 5-digit; "12a"',
      'properties.email: wrong: "x; properties.total: ann"',
      'properties.to: is not one of [1]: {"zip":"12a"}',
      'properties: matches none: {"email":"ann.example"}',
    ])
      expect(told(fault)).not.toMatch(/ann|12a/);
    expect(told('properties.total: too small; properties.email: "ann"')).toMatch(/^properties\.total: too small; /);
  });

  it('of a schema beyond all measure are all', ({ expect }) => {
    const wide = Object.fromEntries(Array.from({ length: 600 }, (_, at) => [`p${at}`, P]));
    expect(placesOf({ properties: wide })).toEqual([[]]);
  });
});
