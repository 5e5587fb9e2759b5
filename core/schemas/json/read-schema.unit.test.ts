import fc from 'fast-check';
import { describe, it } from 'vitest';
import { readJsonSchema } from './read-schema.ts';

const faultsOf = (schema: unknown, value: unknown): readonly string[] => {
  const read = readJsonSchema(schema);
  if ('faults' in read) throw new Error(read.faults.join());
  return read.schema.faults(value, 'properties');
};
const refusal = (schema: unknown): string => {
  const read = readJsonSchema(schema);
  return 'faults' in read ? read.faults.join('; ') : 'taken';
};
const nested = (levels: number): unknown => (levels === 0 ? 1 : { child: nested(levels - 1) });

describe('a JSON Schema', () => {
  it('says where a value is wrong, and what would be right', ({ expect }) => {
    const line = {
      type: 'object',
      required: ['sku'],
      properties: { sku: { type: 'string' }, price: { type: 'number', multipleOf: 0.01 } },
      additionalProperties: false,
    };
    const order = {
      type: 'object',
      required: ['order_id'],
      properties: {
        order_id: { type: 'string', pattern: '^A-\\d+$' },
        total: { type: 'number', minimum: 0 },
        currency: { enum: ['EUR', 'USD'] },
        products: { type: 'array', items: line },
        note: { anyOf: [{ type: 'null' }, { type: 'string', minLength: 3 }] },
      },
    };
    expect(faultsOf(order, { order_id: 'A-1', total: 19.99, products: [{ sku: 's', price: 19.99 }] })).toEqual([]);
    expect(faultsOf(order, { order_id: 'B-1', total: '1', currency: 'X', note: 'ab' })).toEqual([
      'properties.order_id: the text does not match pattern',
      'properties.total: expected number, but it is string',
      'properties.currency: expected one of ["EUR","USD"]',
      'properties.note: matches none of the schemas that it may match',
    ]);
    expect(faultsOf(order, { products: [{ sku: 's' }, { price: 1.001, 'a/b~c': 1 }] })).toEqual([
      'properties.order_id: is required, and missing',
      'properties.products.1.sku: is required, and missing',
      'properties.products.1.price: 1.001 is not a multiple of 0.01',
      'properties.products.1: "a~1b~0c" must not be there',
    ]);
  });

  it('that means nothing, leads nowhere, or could take forever is refused, with the place', ({ expect }) => {
    expect(refusal({ type: 'strng' })).toContain('type: expected one of array, boolean');
    expect(refusal({ properties: { a: { required: 'a' } } })).toContain('properties.a.required: expected array');
    expect(refusal({ $defs: { a: { minLength: -1 } } })).toContain('$defs.a.minLength');
    expect(refusal({ $ref: '#/$defs/nope' })).toContain('there is no "#/$defs/nope"');
    expect(refusal({ properties: { a: { $dynamicRef: '#a' } } })).toContain('/properties/a/$dynamicRef');
    expect(refusal({ $ref: '#/x-parts/a', 'x-parts': { a: { pattern: '(' } } })).toContain('there is no "#/x-parts/a"');
    expect(refusal({ $ref: '#' })).toContain('refers to itself');
    expect(refusal({ $schema: 'http://json-schema.org/draft-03/schema#' })).toContain('$schema');
    expect(refusal({ items: [{}] })).toContain('prefixItems');
    expect(refusal({ $schema: 'http://json-schema.org/draft-07/schema#', items: [{}] })).toBe('taken');
    expect(refusal('text')).toContain('object');
    for (const pattern of ['^(a+)+$', '^(a|a)*$', '^(a|ab)+$', '(a?a?)+b', '^(.)\\1+$', '(', '^(a{1,3})*$'])
      expect([pattern, refusal({ pattern })]).not.toContain('taken');
    for (const pattern of ['^[A-Z]{2}-\\d+$', '^[^@\\s]+@[^@\\s]+\\.[a-z]+$', '^(a|b)*$', '(foo|bar)', '^\\p{L}+$'])
      expect([pattern, refusal({ pattern })]).toEqual([pattern, 'taken']);
    const laughs = Array.from({ length: 30 }, (_, n) => [
      `d${n}`,
      { allOf: [{ $ref: `#/$defs/d${n + 1}` }, { $ref: `#/$defs/d${n + 1}` }] },
    ]);
    expect(refusal({ $ref: '#/$defs/d0', $defs: { ...Object.fromEntries(laughs), d30: {} } })).toContain('5000');
  });

  it('that holds itself in two ways is asked no deeper than it can be', ({ expect }) => {
    const child = { properties: { child: { $ref: '#/$defs/n' } } };
    const schema = { $ref: '#/$defs/n', $defs: { n: { anyOf: [child, { ...child, title: 'the same' }] } } };
    expect(faultsOf(schema, nested(5))).toEqual([]);
    expect(faultsOf(schema, nested(31))[0]).toContain('as deep as this schema is asked');
    expect(faultsOf({ properties: { child: { $ref: '#' } } }, nested(31))).toEqual([]);
  });

  it('finds what it refers to in other documents, each of which has names of its own', ({ expect }) => {
    const money = { $ref: '#/$defs/amount', $defs: { amount: { type: 'object', required: ['value'] } } };
    const read = readJsonSchema(
      {
        properties: { price: { $ref: 'money.json' }, part: { $ref: 'money.json#/$defs/amount' } },
        $defs: { amount: false },
      },
      [{ name: 'money.json', schema: money }],
    );
    if ('faults' in read) throw new Error(read.faults.join());
    expect(read.schema.faults({ price: {} }, 'p')).toEqual(['p.price.value: is required, and missing']);
    expect(read.schema.faults({ part: {} }, 'p')).toEqual(['p.part.value: is required, and missing']);
    expect(read.schema.faults({ price: { value: 1 }, part: { value: 1 } }, 'p')).toEqual([]);
  });

  it('asks patterns, formats and uniqueness only of what they answer soon', ({ expect }) => {
    const long = 'a'.repeat(32_000);
    expect(faultsOf({ pattern: 'a*b*c*d*e*!' }, long)).toEqual(['properties: longer than what this is asked of']);
    expect(faultsOf({ format: 'email' }, long)).toEqual(['properties: longer than what this is asked of']);
    expect(
      faultsOf(
        { uniqueItems: true },
        Array.from({ length: 600 }, (_, n) => n),
      ),
    ).toHaveLength(1);
    expect(faultsOf({ patternProperties: { 'a*b*c*!': false } }, { [long]: 1 })).toHaveLength(1);
    expect(faultsOf({ pattern: '^a' }, long)).toEqual([]);
    expect(faultsOf({ const: { id: '#', $ref: 'x' }, default: { $id: '#' }, examples: [{ id: '#' }] }, 1)).toHaveLength(
      1,
    );
    expect(faultsOf({ const: { id: '#' } }, { id: '#' })).toEqual([]);
    const exact = { properties: { a: {} }, patternProperties: { '^x': {} }, unevaluatedProperties: false };
    expect(faultsOf(exact, { a: 1, x1: 1 })).toEqual([]);
    expect(faultsOf(exact, { a: 1, y: 1 })).toEqual(['properties: "y" must not be there']);
    expect(faultsOf({ patternProperties: { '^x': {} }, additionalProperties: false }, { x: 1, y: 1 })).toHaveLength(1);
  });

  it('whatever it is, is refused in words or answers for any value', () => {
    const keyword = fc.constantFrom(
      ...[
        'type',
        'properties',
        'items',
        'required',
        'enum',
        'pattern',
        '$ref',
        'anyOf',
        'not',
        'if',
        'then',
        'const',
        '$id',
        'minLength',
      ],
      ...[
        'patternProperties',
        '$defs',
        'format',
        'multipleOf',
        '__proto__',
        '__absolute_ref__',
        'id',
        'dependencies',
        'uniqueItems',
      ],
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom('string', 'object', '#', '#/$defs/a', '^a+$', 'email', 1, 0, true, false, null, ''),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.oneof(keyword, fc.constantFrom('a', 'b')), tie('tree'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(tree, fc.jsonValue({ maxDepth: 4 }), (schema, value) => {
        const read = readJsonSchema(JSON.parse(JSON.stringify(schema)));
        if ('schema' in read) read.schema.faults(value, 'v');
      }),
      { numRuns: 3_000 },
    );
  });
});
