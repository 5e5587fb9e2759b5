import { describe, test } from 'vitest';
import { columnMappingSchema } from './column-mapping.ts';
import { csvLineReader } from './read-csv-line.ts';
import { looksLikeTaobao, taobaoMapping } from './taobao-mapping.ts';

describe('Taobao log', () => {
  const read = csvLineReader(taobaoMapping);

  test('a view becomes product_viewed of its visitor', ({ expect }) => {
    expect(read('1,2268318,2520377,pv,1511544070', 7)).toEqual({
      kind: 'event',
      event: {
        id: 'taobao-7',
        type: 'product_viewed',
        occurredAt: '2017-11-24T17:21:10.000Z',
        anonymousId: 'tb-1',
        properties: { product_id: '2268318', category: '2520377' },
      },
    });
  });

  test('a purchase becomes an order of that one product', ({ expect }) => {
    expect(read('1,22,33,buy,1511544070', 9)).toMatchObject({
      event: {
        type: 'order_completed',
        properties: {
          order_id: 'taobao-9',
          products: [{ product_id: '22', category: '33' }],
          product_id: '22',
          category: '33',
        },
      },
    });
  });

  test('a cut-off line, an unknown behaviour and a bad time are refused with their reasons', ({ expect }) => {
    expect(read('100370,1968385,1875258,pv', 3)).toEqual({
      kind: 'refused',
      reason: '5 columns expected (user, item, category, behaviour, time), 4 found',
    });
    expect(read('1,2,3,look,1511544070', 3)).toMatchObject({ reason: 'no event type for behaviour "look"' });
    expect(read('1,2,3,pv,soon', 3)).toMatchObject({ reason: 'time "soon" is not a time in s' });
    expect(read('1,2,3,pv,', 3)).toMatchObject({ reason: 'time "" is not a time in s' });
  });

  test('is known by its first line', ({ expect }) => {
    expect(looksLikeTaobao('1,2268318,2520377,pv,1511544070')).toBe(true);
    expect(looksLikeTaobao('user,item,category,behaviour,time')).toBe(false);
  });
});

test('a header names the columns; numbers are numbers, empty fields are left out, quotes hold delimiters', ({
  expect,
}) => {
  const read = csvLineReader(
    columnMappingSchema.parse({
      delimiter: ';',
      id: '{session}-{line}',
      anonymousId: '{session}',
      type: { column: 'event' },
      time: { column: 'at', unit: 'iso' },
      properties: { product_id: '{sku}', price: '{price:number}', name: '{name}' },
    }),
  );
  expect(read('session;event;at;sku;price;name', 1)).toEqual({ kind: 'nothing' });
  expect(read('s1;product_viewed;2026-05-01T12:00:00Z;A1;19.9;"Shirt; blue"', 2)).toMatchObject({
    event: { id: 's1-2', properties: { product_id: 'A1', price: 19.9, name: 'Shirt; blue' } },
  });
  expect(read('s1;product_viewed;2026-05-01T12:00:00Z;A1;;', 3)).toEqual({
    kind: 'event',
    event: {
      id: 's1-3',
      type: 'product_viewed',
      occurredAt: '2026-05-01T12:00:00.000Z',
      anonymousId: 's1',
      properties: { product_id: 'A1' },
    },
  });
  expect(read('s1;product_viewed;2026-05-01T12:00:00Z;A1;1;"Shirt', 4)).toMatchObject({ kind: 'refused' });
});
