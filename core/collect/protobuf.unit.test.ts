import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'vitest';
import { EventBatchSchema, EventSchema } from './events_pb.ts';
import { readProtobuf, writeProtobuf } from './protobuf.ts';

const EVENT = {
  id: 'e1',
  type: 'product_viewed',
  occurredAt: '2026-05-01T12:00:00.250Z',
  anonymousId: 'dev',
  properties: { product_id: 'p1', price: 19.9, sizes: ['S', null, { deep: true }], __proto__: null },
  context: { locale: 'de' },
};

describe('a batch in protobuf', () => {
  it('says what its JSON form says', ({ expect }) => {
    const sentAt = '2026-05-01T12:00:01.000Z';
    const read = readProtobuf(
      writeProtobuf({ sentAt, events: [EVENT, { ...EVENT, anonymousId: undefined, userId: 'ann' }] }),
    );
    const { anonymousId: _, ...others } = EVENT;
    expect(read).toEqual({ sentAt, events: [EVENT, { ...others, userId: 'ann' }] });
  });

  it('keeps names of all objects as names', ({ expect }) => {
    const properties = JSON.parse('{"__proto__": {"product_id": "p9"}, "constructor": 1}');
    const [event] = readProtobuf(writeProtobuf({ events: [{ ...EVENT, properties }] })).events as [typeof EVENT];
    expect(Object.keys(event.properties)).toEqual(['__proto__', 'constructor']);
    expect(event.properties.product_id).toBeUndefined();
  });

  it('throws for bytes that are none, and for nesting without end', ({ expect }) => {
    const whole = writeProtobuf({ events: [EVENT] });
    for (let end = 1; end < whole.length; end += 7) expect(() => readProtobuf(whole.subarray(0, end))).toThrow();
    let deep: unknown = 1;
    for (let level = 0; level < 200; level += 1) deep = { deep };
    expect(() => readProtobuf(writeProtobuf({ events: [{ ...EVENT, properties: { deep } }] }))).toThrow(/recursion/);
  });

  it('is what proto/vitrine/v1/events.proto says', ({ expect }) => {
    const text = readFileSync(path.join(import.meta.dirname, '../../proto/vitrine/v1/events.proto'), 'utf8');
    for (const schema of [EventBatchSchema, EventSchema]) {
      const [, body = ''] = new RegExp(`message ${schema.name} \\{([^}]*)\\}`).exec(text) ?? [];
      const said = [...body.matchAll(/^ {2}(repeated )?([\w.]+) (\w+) = (\d+);$/gm)].map(([, , type, name, number]) => [
        name,
        Number(number),
        type?.split('.').at(-1),
      ]);
      const generated = schema.fields.map((field) => [field.name, field.number, field.message?.name ?? 'string']);
      expect(said).toEqual(generated);
    }
  });
});
