import { describe, it } from 'vitest';
import { UnreadableEvent } from '../events/unreadable-event.ts';
import { binaryCloudEvent, fromCloudEvent } from './cloud-events.ts';

const NOW = '2026-05-01T12:00:00.000Z';
const UUID = '0190f0a0-0000-7000-8000-000000000001';
const EVENT = { specversion: '1.0', id: UUID, source: '/shop', type: 'com.example.product_viewed' };
const read = (event: object) => fromCloudEvent({ ...EVENT, ...event }, NOW);

describe('a CloudEvent', () => {
  it('is an event of ours: type, time, whose, data, extensions', ({ expect }) => {
    const event = read({
      time: '2026-04-30T10:00:00+02:00',
      userid: 'ann',
      traceparent: '00-1',
      data: { product_id: 'p1' },
    });
    expect(event).toEqual({
      id: UUID,
      type: 'product_viewed',
      occurredAt: '2026-04-30T10:00:00+02:00',
      userId: 'ann',
      properties: { product_id: 'p1' },
      context: { cloudevent: { id: UUID, source: '/shop', traceparent: '00-1' } },
    });
  });

  it('may bear the whole event in its data', ({ expect }) => {
    const data = { anonymousId: 'dev', properties: { product_id: 'p1' }, context: { locale: 'de' } };
    expect(read({ data })).toMatchObject({
      anonymousId: 'dev',
      occurredAt: NOW,
      properties: { product_id: 'p1' },
      context: { locale: 'de', cloudevent: { source: '/shop' } },
    });
    expect(read({ data_base64: Buffer.from('{"userId":"ann","a":1}').toString('base64') })).toMatchObject({
      userId: 'ann',
      properties: { a: 1 },
    });
  });

  it('is named by source and id together', ({ expect }) => {
    const idOf = (source: string, id: string) => (read({ source, id }) as { id: string }).id;
    expect(idOf('/a', '1')).toMatch(/^ce-[\w-]{40}$/);
    expect(idOf('/a', '1')).toBe(idOf('/a', '1'));
    expect(new Set([idOf('/a', '1'), idOf('/b', '1'), idOf('/a', '2'), idOf('/a1', ''), idOf('/', 'a1')]).size).toBe(5);
    expect(idOf('/a', UUID)).toBe(UUID);
  });

  it.for<[string, object]>([
    ['another version', { specversion: '0.3' }],
    ['no id', { id: '' }],
    ['a source that is no text', { source: 5 }],
    ['a list as data', { data: [1] }],
    ['XML', { datacontenttype: 'application/xml', data: '<a/>' }],
    ['bytes that are no JSON', { data_base64: 'AAAA' }],
  ])('with %s is refused for itself', ([, wrong], { expect }) => {
    const event = read(wrong);
    expect(event).toBeInstanceOf(UnreadableEvent);
    expect((event as UnreadableEvent).message).toMatch(/expected/);
  });

  it('keeps other types whole', ({ expect }) => {
    expect(read({ type: 'com.example.warehouse.moved' })).toMatchObject({ type: 'com.example.warehouse.moved' });
    expect(fromCloudEvent('text', NOW)).toBe('text');
  });

  it('in binary mode has its attributes in headers', ({ expect }) => {
    const headers = new Headers({
      'ce-specversion': '1.0',
      'ce-id': 'x',
      'ce-source': '/caf%C3%A9',
      'ce-type': 'product_viewed',
      'content-type': 'application/json',
      'ce-broken': '%E0%A4%A',
    });
    expect(binaryCloudEvent(headers, { a: 1 })).toEqual({
      specversion: '1.0',
      id: 'x',
      source: '/café',
      type: 'product_viewed',
      broken: '%E0%A4%A',
      data: { a: 1 },
    });
  });
});
