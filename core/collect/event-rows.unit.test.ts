import { describe, it } from 'vitest';
import { linesOf } from '../tables/read-lines.ts';
import { type ReadRow, readCsv } from '../tables/read-rows.ts';
import { eventOfRecord, eventOfRow, joinOrders } from './event-rows.ts';

async function events(csv: string, type?: string) {
  const bytes = new Response(csv).body ?? new ReadableStream<Uint8Array>();
  const rows: ReadRow[] = [];
  for await (const row of joinOrders(readCsv(linesOf(bytes), eventOfRecord), type)) rows.push(row);
  return rows.map((read) => ('row' in read ? [read.line, read.row] : [read.line, 'fault']));
}

describe('rows of a file of events', () => {
  it('say members, context and properties by their columns', ({ expect }) => {
    expect(
      eventOfRecord({
        id: '7',
        type: 'product_viewed',
        occurredAt: '2024-05-01 12:30 +0200',
        userId: '00042',
        'context.locale': 'de-CH',
        product_id: '0815',
        price: '19.90',
        'properties.gift': 'true',
        sizes: '["S","M"]',
        note: '{no json',
        empty: '',
      }),
    ).toEqual({
      id: '7',
      type: 'product_viewed',
      occurredAt: '2024-05-01T12:30:00+02:00',
      userId: '00042',
      context: { locale: 'de-CH' },
      properties: { product_id: '0815', price: 19.9, gift: true, sizes: ['S', 'M'], note: '{no json' },
    });
  });

  it.for([
    ['2024-05-01 12:00:00 UTC', '2024-05-01T12:00:00Z'],
    ['2024-05-01T12:00:00.5Z', '2024-05-01T12:00:00.5Z'],
    ['2024-05-01 12:00:00 -0430', '2024-05-01T12:00:00-04:30'],
    ['1714564800', 1_714_564_800],
    // Without a zone nobody knows when it was: the check says so.
    ['2024-05-01 12:00:00', '2024-05-01 12:00:00'],
    ['1.5.2024', '1.5.2024'],
  ])('the time %s', ([text, right], { expect }) => {
    expect(eventOfRecord({ occurredAt: String(text) }).occurredAt).toBe(right);
  });

  it('join the rows of an order that follow each other, in the line of the first', async ({ expect }) => {
    const csv = [
      'occurredAt,userId,order_id,total,product_id,quantity',
      '2024-05-01T12:00:00Z,ann,o1,30,p1,2',
      '2024-05-01T12:00:00Z,ann,o1,30,p2,1',
      '2024-05-01T12:00:00Z,bob,o1,5,p1,1',
      '2024-05-02T12:00:00Z,ann,o2,9,p3,1',
      'x',
      '2024-05-03T12:00:00Z,ann,o2,9,p4,1',
    ].join('\n');
    const found = await events(csv, 'order_completed');
    expect(found.map(([line]) => line)).toEqual([2, 4, 5, 6, 7]);
    expect(found[0]?.[1]).toEqual({
      occurredAt: '2024-05-01T12:00:00Z',
      userId: 'ann',
      properties: {
        order_id: 'o1',
        total: 30,
        products: [
          { product_id: 'p1', quantity: 2 },
          { product_id: 'p2', quantity: 1 },
        ],
      },
    });
    // Other types keep a row an event.
    expect(await events(csv, 'product_viewed')).toHaveLength(6);
  });

  it('have an id by what they say, where they have none', ({ expect }) => {
    const row = { type: 'page_viewed', occurredAt: '2024-05-01T12:00:00Z', anonymousId: 'a' };
    const made = eventOfRow(row, undefined) as { id: string };
    expect(made.id).toMatch(/^row-[\w-]{40}$/);
    expect(eventOfRow({ ...row }, 'other')).toEqual(made);
    expect(eventOfRow({ ...row, anonymousId: 'b' }, undefined)).not.toMatchObject({ id: made.id });
    expect(eventOfRow({ ...row, id: 5 }, undefined)).toMatchObject({ id: 5 });
    expect(eventOfRow('text', 'x')).toBe('text');
    let deep: unknown = 1;
    for (let level = 0; level < 60_000; level += 1) deep = [deep];
    expect(eventOfRow(deep, 'x')).toBe(deep);
    expect(eventOfRow({ deep }, 'x')).toEqual({ deep });
  });
});
