import fc from 'fast-check';
import { describe, it } from 'vitest';
import { BUILTIN_FIELDS } from '../events/builtin-types.ts';
import { checkEvent } from '../events/check-event.ts';
import { BUILTIN_SCHEMAS } from './builtin-schemas.ts';
import { readJsonSchema } from './json/read-schema.ts';
import { readSchema } from './registered-schema.ts';

const schemas = new Map(
  BUILTIN_SCHEMAS.map(({ type, text }) => {
    const read = readSchema('JSON', text, []);
    if ('faults' in read || read.schema.type !== 'JSON') throw new Error(`${type}: ${JSON.stringify(read)}`);
    return [type, read.schema.json] as const;
  }),
);
/** What pages send for a field: what is right, nearly so, and anything. */
const sent = fc.oneof(
  fc.constantFrom('EUR', '€', 'eur', 'p-1', 19.9, '19,99', 1, 0, -5, 1e13, 1.5, '', ' ', null, true, 'x'.repeat(5_000)),
  fc.jsonValue({ depthSize: 'small' }),
);
const names = [...new Set(Object.values(BUILTIN_FIELDS).flatMap((fields) => fields.map(([name]) => name)))];
const product = fc.dictionary(fc.constantFrom('product_id', 'price', 'currency', 'quantity', 'name'), sent);
const properties = fc
  .record({
    own: fc.dictionary(fc.constantFrom(...names), sent),
    products: fc.option(fc.array(fc.oneof(product, sent), { maxLength: 4 }), { nil: undefined }),
  })
  .map(({ own, products }) => ({ ...own, ...(products && { products }) }));

describe('the schema of a built-in type', () => {
  it('takes every event that the door takes', ({ expect }) => {
    let taken = 0;
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(BUILTIN_FIELDS)), properties, (type, given) => {
        const base = { id: 'e', occurredAt: '2026-05-01T12:00:00.000Z', anonymousId: 'ada' };
        const checked = checkEvent({ ...base, type, properties: given });
        if (!checked.ok) return;
        taken += 1;
        expect(schemas.get(type)?.faults(checked.event.properties ?? {}, 'properties')).toEqual([]);
      }),
      { numRuns: 5_000 },
    );
    expect(taken).toBeGreaterThan(2_000);
  });

  it.for<[string, object, string]>([
    ['order_completed', {}, 'properties.order_id'],
    ['order_completed', { order_id: 'o', total: '5' }, 'properties.total'],
    ['order_completed', { order_id: 'o', products: [{ price: 1 }] }, 'properties.products.0.product_id'],
    ['product_viewed', { product_id: 'p', currency: 'euro' }, 'properties.currency'],
    ['product_added', { product_id: 'p', quantity: 0 }, 'properties.quantity'],
  ])('says of %s %j what is wrong', ([type, given, place], { expect }) => {
    expect(schemas.get(type)?.faults(given, 'properties').join()).toContain(place);
  });

  it('is there for each type that has fields, says what the type tells, and is extended by a reference', ({
    expect,
  }) => {
    expect([...schemas.keys()]).toEqual(expect.arrayContaining(Object.keys(BUILTIN_FIELDS)));
    expect(BUILTIN_SCHEMAS.filter(({ about }) => about === '')).toEqual([]);
    const documents = BUILTIN_SCHEMAS.map(({ subject, schema }) => ({ name: subject, schema }));
    const read = readJsonSchema(
      { allOf: [{ $ref: 'vitrine.order_completed' }], properties: { shop: { type: 'string' } }, required: ['shop'] },
      documents,
    );
    if ('faults' in read) throw new Error(read.faults.join());
    expect(read.schema.faults({ order_id: 'o', shop: 'Graz' }, 'properties')).toEqual([]);
    expect(read.schema.faults({ shop: 7 }, 'properties').join()).toMatch(/order_id.*shop/);
  });
});
