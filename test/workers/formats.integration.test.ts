import { describe, it } from 'vitest';
import { writeProtobuf } from '../../core/collect/protobuf.ts';
import { eventually } from './eventually.ts';
import { makeEvent, makeSite, send, type TestSite } from './site.ts';
import { lakeOf, rollupsOf } from './stores.ts';

const post = async (site: TestSite, path: string, headers: Record<string, string>, body: BodyInit) => {
  const response = await send(path, {
    method: 'POST',
    headers: { authorization: `Bearer ${site.secretKey}`, ...headers },
    body,
  });
  return { status: response.status, answer: await response.json<Record<string, unknown>>() };
};
const counted = (site: TestSite, right: Record<string, number>) =>
  eventually(async () => {
    const found = await rollupsOf(site.id);
    if (JSON.stringify(found) !== JSON.stringify(right)) throw new Error(JSON.stringify(found));
  });

describe('POST /v/events in other formats', () => {
  it('takes protobuf as its JSON, and the same events in both once', async ({ expect }) => {
    const site = await makeSite();
    const events = [makeEvent('dev', 'product_viewed', { product_id: 'p1' }), makeEvent('dev', 'page_viewed')];
    const binary = new Uint8Array(writeProtobuf({ sentAt: new Date().toISOString(), events }));
    const type = { 'content-type': 'application/x-protobuf' };
    expect(await post(site, '/v/events', type, binary)).toEqual({ status: 202, answer: { accepted: 2, rejected: [] } });
    const json = { 'content-type': 'application/json' };
    expect(await post(site, '/v/events', json, JSON.stringify({ events }))).toMatchObject({ status: 202 });
    await counted(site, { page_viewed: 1, product_viewed: 1 });
    const cut = await post(site, '/v/events', type, binary.slice(0, -3));
    expect(cut).toMatchObject({ status: 400, answer: { code: 'invalid_body' } });
    expect(cut.answer.detail).toContain('events.proto');
    expect(await post(site, '/v/events', type, new Uint8Array())).toMatchObject({ status: 400 });
  });

  it('takes CloudEvents alone, in batches and in headers; a bad one spoils no other', async ({ expect }) => {
    const site = await makeSite();
    const event = (id: string, more: object = {}) => ({
      ...{ specversion: '1.0', id, source: '/shop', type: 'com.shop.product_viewed', userid: 'ann' },
      ...{ data: { product_id: 'p1' } },
      ...more,
    });
    const alone = { 'content-type': 'application/cloudevents+json; charset=utf-8' };
    expect(await post(site, '/v/events', alone, JSON.stringify(event('1')))).toMatchObject({ status: 202 });
    const batch = JSON.stringify([event('1'), event('2'), event('3', { specversion: '2' }), event('4', { data: [] })]);
    const several = { 'content-type': 'application/cloudevents-batch+json' };
    const { answer } = await post(site, '/v/events', several, batch);
    expect(answer).toMatchObject({ accepted: 2, rejected: [{ index: 2 }, { index: 3 }] });
    const headers = {
      'ce-specversion': '1.0',
      'ce-id': '5',
      'ce-source': '/shop',
      'ce-type': 'page_viewed',
      'ce-userid': 'ann',
    };
    const body = JSON.stringify({ url: 'https://shop.example/' });
    expect(await post(site, '/v/events', { ...headers, 'content-type': 'application/json' }, body)).toMatchObject({
      answer: { accepted: 1 },
    });
    await counted(site, { page_viewed: 1, product_viewed: 2 });
    expect(await post(site, '/v/events', several, '{}')).toMatchObject({ status: 400 });
  });

  it('measures what headers and shared parts add: no message is too long for the queue', async ({ expect }) => {
    const site = await makeSite();
    const long = 'x'.repeat(7_000);
    const batch = Array.from({ length: 60 }, (_, n) => ({
      type: 'track',
      event: 'A',
      userId: 'ann',
      messageId: `m${n}`,
    }));
    const segment = JSON.stringify({ batch, context: { app: { note: long } } });
    const type = { 'content-type': 'application/json' };
    expect(await post(site, '/v1/batch', type, segment)).toEqual({ status: 200, answer: { success: true } });
    const headers = {
      'ce-specversion': '1.0',
      'ce-id': '5',
      'ce-source': `/${long}`,
      'ce-type': 'b',
      'ce-userid': 'ann',
    };
    const big = await post(site, '/v/events', { ...headers, 'ce-more': 'y'.repeat(30_000) }, '');
    expect(big.answer).toMatchObject({ accepted: 0, rejected: [{ code: 'too_large' }] });
    expect((await post(site, '/v/events', headers, '')).answer).toMatchObject({ accepted: 1 });
    await counted(site, { a: 60, b: 1 });
    const messages = async () => new Set((await lakeOf(site.id)).map(({ messageId }) => messageId));
    await eventually(async () => expect((await messages()).size).toBeGreaterThan(4));
  });
});
