import { describe, it } from 'vitest';
import { readAvro } from '../../core/schemas/avro/read-avro.ts';
import { writeAvro } from '../../core/schemas/avro/write-data.ts';
import { eventually } from './eventually.ts';
import { makeEvent, makeSite, postEvents, send, type TestSite } from './site.ts';
import { failedReasonsOf, rollupsOf } from './stores.ts';

const ask = async (site: TestSite, method: string, path: string, body?: unknown) => {
  const response = await send(path, {
    method,
    headers: {
      authorization: `Basic ${btoa(`${site.secretKey}:`)}`,
      'content-type': 'application/vnd.schemaregistry.v1+json',
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
};
const sent = (schema: unknown, references?: unknown) => ({
  schema: JSON.stringify(schema),
  schemaType: 'JSON',
  references,
});
const register = (site: TestSite, subject: string, schema: unknown, references?: unknown) =>
  ask(site, 'POST', `/registry/subjects/${encodeURIComponent(subject)}/versions`, sent(schema, references));

const order = (properties: object, required: string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const text = { type: 'string' };

describe('the schema registry', () => {
  it('gives equal schemas one id over subjects, numbers versions, and finds what is there', async ({ expect }) => {
    const site = await makeSite();
    expect((await register(site, 'orders/value', order({ a: text }))).answer).toEqual({ id: 1 });
    expect((await register(site, 'orders/value', order({ a: text }))).answer).toEqual({ id: 1 });
    expect((await register(site, 'other', order({ a: text }))).answer).toEqual({ id: 1 });
    expect((await register(site, 'orders/value', order({ a: text, b: text }))).answer).toEqual({ id: 2 });
    expect((await ask(site, 'GET', '/registry/subjects')).answer).toEqual(['orders/value', 'other']);
    expect((await ask(site, 'GET', '/registry/subjects?subjectPrefix=or')).answer).toEqual(['orders/value']);
    expect((await ask(site, 'GET', '/registry/subjects/orders%2Fvalue/versions')).answer).toEqual([1, 2]);
    expect((await ask(site, 'GET', '/registry/subjects/orders%2Fvalue/versions/latest')).answer).toMatchObject({
      subject: 'orders/value',
      version: 2,
      id: 2,
      schemaType: 'JSON',
    });
    expect((await ask(site, 'POST', '/registry/subjects/other', sent(order({ a: text })))).answer).toMatchObject({
      version: 1,
      id: 1,
    });
    expect((await ask(site, 'GET', '/registry/schemas/ids/1/versions')).answer).toEqual([
      { subject: 'orders/value', version: 1 },
      { subject: 'other', version: 1 },
    ]);
    // Another order of members is another text, unless it is to be normalized.
    const turned = { additionalProperties: false, required: [], properties: { a: text }, type: 'object' };
    expect((await ask(site, 'POST', '/registry/subjects/other', sent(turned))).answer).toMatchObject({
      error_code: 40403,
    });
    const normal = '/registry/subjects/third/versions?normalize=true';
    const [one, two] = [
      await ask(site, 'POST', normal, sent(turned)),
      await ask(site, 'POST', normal, sent(order({ a: text }))),
    ];
    expect(one.answer.id).toBe(two.answer.id);
  });

  it('refuses what does not go together with earlier versions, and says where, why and what would mend it', async ({
    expect,
  }) => {
    const site = await makeSite();
    await register(site, 'order', order({ a: text, total: { type: 'number' } }));
    const wrong = order({ a: text, total: text });
    const refused = await register(site, 'order', wrong);
    expect(refused.status).toBe(409);
    expect(refused.answer).toMatchObject({
      error_code: 409,
      message: expect.stringMatching(/version 2 of "order" under BACKWARD: #\/properties\/total: TYPE_CHANGED.*Mend: /),
      conflicts: [{ rule: 'TYPE_CHANGED', path: '#/properties/total', version: 1, direction: 'BACKWARD' }],
    });
    const asked = await ask(
      site,
      'POST',
      '/registry/compatibility/subjects/order/versions/latest?verbose=true',
      sent(wrong),
    );
    expect(asked.answer).toEqual({ is_compatible: false, messages: [expect.stringContaining('#/properties/total')] });
    expect((await ask(site, 'PUT', '/registry/config/order', { compatibility: 'NONE' })).answer).toEqual({
      compatibility: 'NONE',
    });
    expect((await register(site, 'order', wrong)).answer).toEqual({ id: 2 });
    // All versions count where the level is transitive, the last one where it is not.
    await ask(site, 'PUT', '/registry/config/order', { compatibility: 'BACKWARD_TRANSITIVE' });
    const back = { ...wrong, title: 'T' };
    expect((await register(site, 'order', back)).status).toBe(409);
    await ask(site, 'PUT', '/registry/config/order', { compatibility: 'BACKWARD' });
    expect((await register(site, 'order', back)).status).toBe(200);
  });

  it('sets levels and modes by subject over those of all, and takes them back', async ({ expect }) => {
    const site = await makeSite();
    const config = async (path: string) => (await ask(site, 'GET', `/registry/config${path}`)).answer;
    expect(await config('')).toMatchObject({ compatibilityLevel: 'BACKWARD' });
    expect(await config('/s')).toMatchObject({ error_code: 40408 });
    await ask(site, 'PUT', '/registry/config', { compatibility: 'FULL' });
    expect(await config('/s?defaultToGlobal=true')).toMatchObject({ compatibilityLevel: 'FULL' });
    expect((await ask(site, 'PUT', '/registry/config/s', { compatibility: 'SOME' })).answer).toMatchObject({
      error_code: 42203,
    });
    await ask(site, 'PUT', '/registry/config/s', { compatibility: 'NONE', contentModel: 'CLOSED_PRODUCERS' });
    expect(await config('/s')).toMatchObject({ compatibilityLevel: 'NONE', contentModel: 'CLOSED_PRODUCERS' });
    expect((await ask(site, 'DELETE', '/registry/config/s')).answer).toMatchObject({ compatibilityLevel: 'NONE' });
    expect(await config('/s')).toMatchObject({ error_code: 40408 });
    await ask(site, 'PUT', '/registry/mode/s', { mode: 'READONLY' });
    expect((await register(site, 's', {})).answer).toMatchObject({ error_code: 42205 });
    await ask(site, 'DELETE', '/registry/mode/s');
    expect((await register(site, 's', {})).status).toBe(200);
  });

  it('deletes softly, then for good; numbers go on, ids stay, and what is referred to stays', async ({ expect }) => {
    const site = await makeSite();
    const money = { type: 'object', required: ['value'] };
    await register(site, 'money', money);
    const refers = { properties: { price: { $ref: 'money.json' } } };
    expect((await register(site, 'price', refers)).answer).toMatchObject({ error_code: 42201 });
    const references = [{ name: 'money.json', subject: 'money', version: 1 }];
    expect((await register(site, 'price', refers, references)).status).toBe(200);
    expect((await ask(site, 'GET', '/registry/subjects/money/versions/1/referencedby')).answer).toEqual([2]);
    expect((await ask(site, 'DELETE', '/registry/subjects/money')).answer).toMatchObject({ error_code: 42206 });
    expect((await ask(site, 'DELETE', '/registry/subjects/price?permanent=true')).answer).toMatchObject({
      error_code: 40405,
    });
    expect((await ask(site, 'DELETE', '/registry/subjects/price')).answer).toEqual([1]);
    expect((await ask(site, 'GET', '/registry/subjects/price/versions')).answer).toMatchObject({ error_code: 40401 });
    expect((await ask(site, 'GET', '/registry/subjects/price/versions?deleted=true')).answer).toEqual([1]);
    expect((await ask(site, 'GET', '/registry/schemas/ids/2')).answer).toMatchObject({ references });
    await register(site, 'price', {});
    expect((await ask(site, 'GET', '/registry/subjects/price/versions')).answer).toEqual([2]);
    expect((await ask(site, 'DELETE', '/registry/subjects/price/versions/1?permanent=true')).answer).toBe(1);
    expect((await ask(site, 'DELETE', '/registry/subjects/price/versions/nine')).answer).toMatchObject({
      error_code: 42202,
    });
    expect((await ask(site, 'GET', '/registry/subjects/price/versions/9')).answer).toMatchObject({ error_code: 40402 });
    expect((await ask(site, 'DELETE', '/registry/subjects/money')).answer).toEqual([1]);
  });

  it('keeps sites apart, numbers versions whole under a storm, and takes the secret key alone', async ({ expect }) => {
    const [site, other] = [await makeSite(), await makeSite()];
    await ask(site, 'PUT', '/registry/config', { compatibility: 'NONE' });
    const storm = Array.from({ length: 12 }, (_, n) => register(site, 's', { title: `t${n % 6}` }));
    const ids = (await Promise.all(storm)).map(({ answer }) => answer.id);
    expect(new Set(ids.slice(0, 6)).size).toBe(6);
    expect(ids.slice(6)).toEqual(ids.slice(0, 6));
    expect((await ask(site, 'GET', '/registry/subjects/s/versions')).answer).toEqual([1, 2, 3, 4, 5, 6]);
    await ask(site, 'PUT', '/registry/config', { compatibility: 'BACKWARD' });
    expect((await ask(other, 'GET', '/registry/subjects')).answer).toEqual([]);
    expect((await ask(other, 'GET', '/registry/schemas/ids/1')).answer).toMatchObject({ error_code: 40403 });
    const write = await send('/registry/subjects', { headers: { authorization: `Bearer ${site.writeKey}` } });
    expect(write.status).toBe(403);
    expect(await write.json()).toMatchObject({ error_code: 403, message: expect.stringContaining('secret key') });
    expect((await register(site, 's', { type: 'strng' })).answer).toMatchObject({
      error_code: 42201,
      message: expect.stringContaining('type:'),
    });
    const avro = { schema: '"string"' };
    expect((await ask(site, 'POST', '/registry/subjects/avro/versions', avro)).status).toBe(200);
    const language = await ask(site, 'POST', '/registry/subjects/s/versions', avro);
    expect(language.answer).toMatchObject({ error_code: 409, message: expect.stringContaining('LANGUAGE_CHANGED') });
    const proto = await ask(site, 'POST', '/registry/subjects/s/versions', { ...avro, schemaType: 'PROTOBUF' });
    expect(proto.answer).toMatchObject({ error_code: 42201 });
  });
});

describe('events in Avro', () => {
  const schema = {
    type: 'record',
    name: 'Viewed',
    fields: [
      { name: 'id', type: 'string' },
      { name: 'type', type: 'string' },
      { name: 'occurredAt', type: { type: 'long', logicalType: 'timestamp-millis' } },
      { name: 'anonymousId', type: ['null', 'string'], default: null },
      {
        name: 'properties',
        type: {
          type: 'record',
          name: 'Product',
          fields: [
            { name: 'product_id', type: 'string' },
            { name: 'name', type: ['null', 'string'] },
          ],
        },
      },
    ],
  };
  const event = (id: string) => ({
    ...{ id, type: 'product_viewed', occurredAt: Date.now(), anonymousId: 'ann' },
    properties: { product_id: 'bag', name: null },
  });
  const framed = (id: number, of: unknown, value: unknown) => {
    const read = readAvro(of);
    if ('faults' in read) throw new Error(read.faults.join());
    const data = writeAvro(read.type, value);
    const head = new Uint8Array(5 + data.length);
    new DataView(head.buffer).setUint32(1, id);
    head.set(data, 5);
    return head;
  };
  const post = (site: TestSite, body: Uint8Array) =>
    send(`/v/events?key=${site.writeKey}`, { method: 'POST', headers: { 'content-type': 'avro/binary' }, body });

  it('come in by a schema of the registry, one or many, and what is no such data is refused in words', async ({
    expect,
  }) => {
    const site = await makeSite();
    const made = async (of: unknown) =>
      Number((await ask(site, 'POST', '/registry/subjects/any/versions', { schema: JSON.stringify(of) })).answer.id);
    await ask(site, 'PUT', '/registry/config', { compatibility: 'NONE' });
    const [one, many] = [await made(schema), await made({ type: 'array', items: schema })];
    const first = await post(site, framed(one, schema, event('a1')));
    expect([first.status, await first.json()]).toMatchObject([202, { accepted: 1, rejected: [] }]);
    const list = { type: 'array', items: schema };
    const more = await post(
      site,
      framed(many, list, [event('a1'), event('a2'), { ...event('a3'), anonymousId: null }]),
    );
    expect(await more.json()).toMatchObject({ accepted: 2, rejected: [{ id: 'a3', code: 'invalid_envelope' }] });
    await eventually(async () => expect(await rollupsOf(site.id)).toEqual({ product_viewed: 2 }));
    const whole = framed(one, schema, event('a4'));
    for (const [body, words] of [
      [whole.subarray(0, 20), 'end too early'],
      [framed(99, schema, event('a5')), 'no Avro schema with this id'],
      [Uint8Array.of(1, 2, 3), 'does not begin with 0'],
    ] as const) {
      const refused = await post(site, body);
      expect([refused.status, await refused.json()]).toMatchObject([400, { detail: expect.stringContaining(words) }]);
    }
    // Another site's schema is none.
    expect((await post(await makeSite(), whole)).status).toBe(400);
  });

  it('come in as Avro’s JSON too, by the schema that the content type names', async ({ expect }) => {
    const site = await makeSite();
    const { answer } = await ask(site, 'POST', '/registry/subjects/any/versions', { schema: JSON.stringify(schema) });
    const postJson = async (type: string, body: unknown) => {
      const headers = { 'content-type': type };
      const sent = { method: 'POST', headers, body: JSON.stringify(body) };
      const response = await send(`/v/events?key=${site.writeKey}`, sent);
      return [response.status, await response.json()];
    };
    const wrapped = { ...event('j1'), anonymousId: { string: 'ann' } };
    expect(await postJson(`avro/json; schema=${answer.id}`, wrapped)).toMatchObject([202, { accepted: 1 }]);
    for (const [type, body, words] of [
      [`avro/json; schema=${answer.id}`, event('j2'), '$.anonymousId: expected null or {"string": …}'],
      ['avro/json; schema=99', wrapped, 'no Avro schema with this id'],
      ['avro/json', wrapped, 'without its schema, e.g. avro/json; schema=12'],
    ] as const)
      expect(await postJson(type, body)).toMatchObject([400, { detail: expect.stringContaining(words) }]);
    await eventually(async () => expect(await rollupsOf(site.id)).toEqual({ product_viewed: 1 }));
  });
});

describe('the door', () => {
  const wrong = (id: string) => ({
    ...makeEvent('ann', 'order_completed', { order_id: id, total: '12,50 €', currency: 'EUR' }),
    id,
  });
  const right = (id: string) => ({
    ...makeEvent('ann', 'order_completed', { order_id: id, total: 12.5, currency: 'EUR' }),
    id,
  });
  const schema = {
    type: 'object',
    properties: { order_id: text, total: { type: 'number' } },
    required: ['order_id', 'coupon'],
  };
  const door = (site: TestSite, body: object) => ask(site, 'PUT', '/api/schemas/order_completed/door', body);

  it('refuses nothing, counts, or refuses, by schema and by constraint, and says which version', async ({ expect }) => {
    const site = await makeSite();
    expect((await door(site, { mode: 'refuse' })).status).toBe(404);
    await register(site, 'order_completed', schema);
    expect((await postEvents(site, [right('o1')])).status).toBe(202);
    await door(site, { mode: 'watch' });
    expect(await (await postEvents(site, [right('o2'), right('o3')])).json()).toMatchObject({ accepted: 2 });
    await eventually(async () =>
      expect((await ask(site, 'GET', '/api/schemas/watched')).answer).toMatchObject({
        faults: [{ type: 'order_completed', version: 1, path: 'properties.coupon', events: 2 }],
      }),
    );
    await door(site, { mode: 'refuse' });
    expect(await (await postEvents(site, [right('o4'), makeEvent('ann', 'page_viewed')])).json()).toMatchObject({
      accepted: 1,
      rejected: [{ code: 'schema_violation', message: 'properties.coupon: is required, and missing' }],
    });
    const failed = await ask(site, 'GET', '/api/failed-events?reason=schema_violation&schema=1');
    expect(failed.answer).toMatchObject({ events: [{ id: 'o4', path: 'properties.coupon', schemaVersion: 1 }] });
    // The built-in reader has read "12,50 €" as a number before the schema sees it.
    await ask(site, 'PUT', '/registry/config/order_completed', { compatibility: 'NONE' });
    await register(site, 'order_completed', { properties: { total: { type: 'number' } } });
    expect(await (await postEvents(site, [wrong('o5')])).json()).toMatchObject({ accepted: 1 });
    const constraints = [
      { name: 'total', condition: 'properties.total >= 20' },
      { name: 'discount', condition: 'properties.discount >= 0' },
    ];
    await door(site, { mode: 'refuse', constraints });
    expect(await (await postEvents(site, [right('o6')])).json()).toMatchObject({
      rejected: [{ code: 'schema_violation', message: 'constraints.total: must hold: properties.total >= 20' }],
    });
    // An older version may be named.
    await door(site, { mode: 'refuse', version: 1 });
    expect(await (await postEvents(site, [right('o7')])).json()).toMatchObject({
      rejected: [{ code: 'schema_violation' }],
    });
    // What the door holds events against stays, until it is off.
    const remove = async (what: string) =>
      (await ask(site, 'DELETE', `/registry/subjects/order_completed${what}`)).answer;
    const held = { error_code: 42206, message: expect.stringContaining('Switch that off first') };
    expect(await remove('/versions/1')).toMatchObject(held);
    expect(await remove('')).toMatchObject(held);
    expect(await remove('/versions/2')).toBe(2);
    await door(site, { mode: 'refuse' });
    expect(await remove('/versions/1')).toMatchObject(held);
    await door(site, { mode: 'off' });
    expect(await remove('')).toEqual([1]);
    const bad = await door(site, { mode: 'refuse', constraints: [{ name: 'x', condition: 'properties.total >=' }] });
    expect([bad.status, bad.answer.detail]).toEqual([400, expect.stringContaining('constraints.0.condition: line 1')]);
  });

  it('that was wrong costs no event: mended, they are sent in again, each once', async ({ expect }) => {
    const site = await makeSite();
    await register(site, 'order_completed', schema);
    await door(site, { mode: 'refuse' });
    const orders = Array.from({ length: 40 }, (_, n) => right(`o${n}`));
    expect(await (await postEvents(site, orders)).json()).toMatchObject({ accepted: 0 });
    expect(await failedReasonsOf(site.id)).toEqual(Array.from({ length: 40 }, () => 'schema_violation'));
    await register(site, 'order_completed', { ...schema, required: ['order_id'] });
    const list = await ask(site, 'GET', '/api/failed-events?reason=schema_violation');
    const events = (list.answer.events as { key: string }[]).map(({ key }) => ({ key }));
    for (let times = 0; times < 2; times += 1) await ask(site, 'POST', '/api/failed-events/retry', { events });
    await eventually(async () => expect(await rollupsOf(site.id)).toEqual({ order_completed: 40 }));
    expect(await failedReasonsOf(site.id)).toEqual([]);
  });
});
