import fc from 'fast-check';
import { describe, it } from 'vitest';
import { parseWellFormed } from '../json/parse.ts';
import { checkEvent } from './check-event.ts';

const event = (more: Record<string, unknown> = {}) => ({
  id: 'e1',
  type: 'product_viewed',
  occurredAt: '2026-05-01T12:00:00.000Z',
  anonymousId: 'ada',
  properties: { product_id: 'p1' },
  ...more,
});
/** What is taken of an event, and how many warnings there are; or the code of its refusal. */
function taken(candidate: unknown) {
  const checked = checkEvent(candidate);
  return checked.ok ? [checked.event, checked.warnings] : checked.refusal.code;
}
const properties = (type: string, given: Record<string, unknown>) => {
  const checked = checkEvent(event({ type, properties: given }));
  return checked.ok ? [checked.event.properties, checked.warnings.length] : checked.refusal;
};

describe('an optional field', () => {
  it.for<[string, unknown, unknown, number]>([
    ['brand', null, undefined, 1],
    ['category', '', undefined, 1],
    ['category', ['a'], undefined, 1],
    ['name', 7, '7', 1],
    ['price', '19.99', 19.99, 1],
    ['price', '19,99', 19.99, 1],
    ['price', '1.299,00 €', 1299, 1],
    ['price', '1,299.50', 1299.5, 1],
    ['price', '1,299', 1299, 1],
    ['price', "1'299.50", 1299.5, 1],
    ['price', 'EUR 5', 5, 1],
    ['price', null, undefined, 1],
    ['price', -1, undefined, 1],
    ['price', 'free', undefined, 1],
    ['price', '1,2,3.4.5', undefined, 1],
    ['price', 0, 0, 0],
    ['currency', 'eur', 'EUR', 1],
    ['currency', '€', 'EUR', 1],
    ['currency', 'EURO', undefined, 1],
    ['currency', 'CHF', 'CHF', 0],
    ['quantity', 0, undefined, 1],
    ['quantity', 1.5, undefined, 1],
    ['quantity', '2', 2, 1],
    ['quantity', 3, 3, 0],
  ])('%s %o is %o', ([name, given, right, warnings], { expect }) => {
    const read = right === undefined ? { product_id: 'p1' } : { product_id: 'p1', [name]: right };
    expect(properties('product_viewed', { product_id: 'p1', [name]: given })).toEqual([read, warnings]);
  });

  it('costs no order, nor does a line that names no product', ({ expect }) => {
    const lines = [
      { product_id: 'a', brand: null },
      { product_id: 'b', price: '9,99' },
      { name: 'gift wrap' },
      'x',
      null,
    ];
    expect(properties('order_completed', { order_id: 7, total: 1e300, products: lines })).toEqual([
      { order_id: '7', products: [{ product_id: 'a' }, { product_id: 'b', price: 9.99 }] },
      6,
    ]);
    expect(properties('order_completed', { order_id: 'o', total: -5, products: { product_id: 'a' } })).toEqual([
      { order_id: 'o', total: -5, products: [{ product_id: 'a' }] },
      0,
    ]);
    expect(properties('order_completed', { order_id: 'o', products: 'none' })).toEqual([{ order_id: 'o' }, 1]);
    const many = Array.from({ length: 250 }, (_, n) => ({ product_id: `p${n}` }));
    const [read, warnings] = properties('order_completed', { order_id: 'o', products: many }) as [
      { products: unknown[] },
      number,
    ];
    expect([read.products.length, warnings]).toEqual([200, 1]);
  });

  it('is untouched where it is as it should be: nothing is copied', ({ expect }) => {
    const given = event({ properties: { product_id: 'p1', price: 1, own: { deep: null } } });
    const checked = checkEvent(given);
    expect(checked.ok && checked.event.properties).toEqual(given.properties);
    expect(checked.ok && checked.warnings).toEqual([]);
  });
});

describe('what cannot be understood', () => {
  it.for<[string, Record<string, unknown>]>([
    ['product_viewed', {}],
    ['product_viewed', { product_id: '' }],
    ['product_viewed', { product_id: null }],
    ['product_viewed', { product_id: 'undefined' }],
    ['product_viewed', { product_id: '[object Object]' }],
    ['product_viewed', { product_id: 1e21 }],
    ['product_viewed', { product_id: {} }],
    ['order_completed', { products: [{ product_id: 'a' }] }],
    ['recommendation_clicked', { product_id: 'a' }],
    ['alias', { previous_id: 'null' }],
  ])('%s with %o is refused, and the reason says what would be right', ([type, given], { expect }) => {
    const refusal = checkEvent(event({ type, userId: 'ann', properties: given }));
    expect(refusal).toMatchObject({ ok: false, refusal: { code: 'invalid_properties' } });
    expect(!refusal.ok && refusal.refusal.message).toMatch(/^properties\.\w+: expected /);
  });
});

describe('ids of people', () => {
  it.for([
    undefined,
    null,
    '',
    'undefined',
    'null',
    'NaN',
    '[object Object]',
    '0',
    '00000000-0000-0000-0000-000000000000',
    0,
    {},
    true,
  ])('%o is nobody: the event counts for its device, and identifies none', (userId, { expect }) => {
    const [read] = taken(event({ userId })) as unknown as [Record<string, unknown>];
    expect(read.userId).toBeUndefined();
    expect(taken(event({ type: 'identify', properties: {}, userId }))).toBe('invalid_envelope');
    expect(taken(event({ anonymousId: userId, userId: undefined }))).toBe('invalid_envelope');
  });

  it('are texts: numbers become their digits, all of them', ({ expect }) => {
    expect(taken(event({ userId: 42 }))).toMatchObject([{ userId: '42' }, []]);
    expect(taken(event({ anonymousId: 7, id: 9 }))).toMatchObject([{ anonymousId: '7', id: '9' }, []]);
    const body = '{"order_id":7301444403294576641,"products":[{"product_id":7301444403294576642}]}';
    expect(properties('order_completed', parseWellFormed(body) as Record<string, unknown>)).toEqual([
      { order_id: '7301444403294576641', products: [{ product_id: '7301444403294576642' }] },
      0,
    ]);
  });

  it('that no id can be are left out beside a device, and named', ({ expect }) => {
    expect(taken(event({ userId: 'John Doe' }))).toMatchObject([
      { anonymousId: 'ada' },
      [expect.stringContaining('userId: left out')],
    ]);
    expect(taken(event({ userId: 'x'.repeat(500) }))).toMatchObject([
      { anonymousId: 'ada' },
      [expect.stringContaining('userId: left out')],
    ]);
  });
});

describe('an envelope', () => {
  it('is read as it is meant: empty members, arrays of other languages, times in numbers', ({ expect }) => {
    const read = taken(
      event({ type: 'page_viewed', properties: [], context: null, proof: '', occurredAt: 1_777_636_800_000 }),
    );
    expect(read).toEqual([
      { id: 'e1', type: 'page_viewed', anonymousId: 'ada', occurredAt: '2026-05-01T12:00:00.000Z' },
      [],
    ]);
    expect(taken(event({ occurredAt: 1_777_636_800 }))).toMatchObject([{ occurredAt: '2026-05-01T12:00:00.000Z' }, []]);
    expect(taken(event({ context: 'x' }))).toMatchObject([
      { anonymousId: 'ada' },
      ['context: left out; expected an object'],
    ]);
  });

  it('of whatever kind never throws', ({ expect }) => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true });
    const types = fc.constantFrom('product_viewed', 'order_completed', 'identify', 'alias', 'consent_changed', 'own');
    fc.assert(
      fc.property(
        fc.record({
          id: anything,
          type: types,
          occurredAt: anything,
          anonymousId: anything,
          userId: anything,
          properties: anything,
          context: anything,
        }),
        (candidate) => {
          expect(typeof checkEvent(candidate).ok).toBe('boolean');
          expect(typeof checkEvent({ ...event(), properties: candidate }).ok).toBe('boolean');
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
