import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { startVitrine, type Vitrine } from '../../ops/runtime/start-vitrine.ts';
import { seedSite } from '../../ops/site/seed-site.ts';
import { runCommand } from './run-command.ts';

const SITE = { id: 'schemas', name: 'Schemas', origins: [], writeKey: 'wk_schemas', secretKey: 'sk_schemas' };

describe('schemas', () => {
  let vitrine: Vitrine;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'vitrine-schemas-'));
    vitrine = await startVitrine({
      stateDir: path.join(folder, 'state'),
      maxBatchTimeoutSeconds: 0.05,
      log: () => undefined,
    });
    await seedSite(await vitrine.getD1('DB'), SITE);
  });
  afterAll(async () => {
    await vitrine?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('are registered, read, checked, encoded and decoded by Confluent’s client, as it is', async ({ expect }) => {
    const client = () =>
      new SchemaRegistry({ host: `${vitrine.url}/registry`, auth: { username: SITE.secretKey, password: '' } });
    const first = {
      type: 'object',
      properties: { name: { type: 'string' } },
      required: ['name'],
      additionalProperties: false,
    };
    const second = { ...first, properties: { ...first.properties, age: { type: 'integer' } } };
    const registry = client();
    const register = (schema: object) =>
      registry.register({ type: SchemaType.JSON, schema: JSON.stringify(schema) }, { subject: 'people/value' });
    const { id } = await register(first);
    expect(await register(first)).toEqual({ id });
    const newer = await register(second);
    expect(newer.id).toBe(id + 1);
    await expect(register({ ...first, properties: { name: { type: 'integer' } } })).rejects.toThrow(/TYPE_CHANGED/);
    expect(await registry.getRegistryId('people/value', 1)).toBe(id);
    expect(await registry.getLatestSchemaId('people/value')).toBe(newer.id);
    expect(
      await registry.getRegistryIdBySchema('people/value', { type: SchemaType.JSON, schema: JSON.stringify(first) }),
    ).toBe(id);
    const encoded = await registry.encode(newer.id, { name: 'Ann', age: 30 });
    expect([encoded[0], encoded.readInt32BE(1)]).toEqual([0, newer.id]);
    expect(await client().decode(encoded)).toEqual({ name: 'Ann', age: 30 });
    await expect(registry.encode(id, { name: 5 })).rejects.toThrow();
    await expect(registry.getSchema(999)).rejects.toThrow(/no schema with id 999/);
  });

  test('of Avro likewise, with names from other subjects', async ({ expect }) => {
    const host = `${vitrine.url}/registry`;
    const registry = new SchemaRegistry({ host, auth: { username: SITE.secretKey, password: '' } });
    const register = (schema: object, references?: { name: string; subject: string; version: number }[]) =>
      registry.register(
        { type: SchemaType.AVRO, schema: JSON.stringify(schema), ...(references && { references }) },
        { subject: String(Object(schema).name) },
      );
    const money = { type: 'record', name: 'Money', namespace: 'shop', fields: [{ name: 'value', type: 'double' }] };
    await register(money);
    const order = { type: 'record', name: 'Order', namespace: 'shop', fields: [{ name: 'total', type: 'shop.Money' }] };
    await expect(register(order)).rejects.toThrow();
    const references = [{ name: 'shop.Money', subject: 'Money', version: 1 }];
    const { id } = await register(order, references);
    const encoded = await registry.encode(id, { total: { value: 12.5 } });
    expect(
      await new SchemaRegistry({ host, auth: { username: SITE.secretKey, password: '' } }).decode(encoded),
    ).toEqual({ total: { value: 12.5 } });
    const wider = { ...order, fields: [...order.fields, { name: 'note', type: 'string' }] };
    await expect(register(wider, references)).rejects.toThrow(/READER_FIELD_MISSING_DEFAULT_VALUE/);
    const optional = { ...order, fields: [...order.fields, { name: 'note', type: 'string', default: '' }] };
    expect((await register(optional, references)).id).toBe(id + 1);
  });

  test('go from what came to a folder, to the registry, and a change that would hurt is refused in words', async ({
    expect,
  }) => {
    const dir = path.join(folder, 'schemas');
    const run = (...words: string[]) =>
      runCommand('ops/schemas/main.ts', [...words, '--dir', dir, '--url', vitrine.url, '--key', SITE.secretKey]);
    expect(await run('check')).toMatchObject({ code: 2, err: expect.stringContaining('there is no *.json or *.avsc') });
    const log = path.join(folder, 'log.ndjson');
    const events = Array.from({ length: 60 }, (_, n) => ({
      id: `r${n}`,
      type: 'review_written',
      occurredAt: new Date(Date.now() - n * 1_000).toISOString(),
      anonymousId: 'ann',
      properties: { stars: 1 + (n % 5), text: 'fine', mood: n % 2 ? 'good' : 'bad' },
    }));
    writeFileSync(log, events.map((event) => JSON.stringify(event)).join('\n'));
    const sent = await fetch(`${vitrine.url}/v/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${SITE.secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ events }),
    });
    expect(await sent.json()).toMatchObject({ accepted: 60 });
    expect(await run('infer', '--file', log)).toMatchObject({
      code: 0,
      out: expect.stringContaining('from 60 events'),
    });
    const file = path.join(dir, 'review_written.json');
    const inferred = JSON.parse(readFileSync(file, 'utf8'));
    expect(inferred).toMatchObject({
      properties: { stars: { type: 'integer', minimum: 0 }, text: { type: 'string' }, mood: { enum: ['bad', 'good'] } },
      required: ['mood', 'stars', 'text'],
    });
    expect(await run('push')).toMatchObject({ code: 0, out: expect.stringContaining('registered, id') });
    expect(await run('check')).toMatchObject({ code: 0, out: expect.stringContaining('is version 1') });
    writeFileSync(file, JSON.stringify({ ...inferred, requird: ['stars'] }));
    expect(await run('check')).toMatchObject({ code: 1, out: expect.stringContaining('did you mean "required"?') });
    inferred.properties.stars = { type: 'string' };
    writeFileSync(file, JSON.stringify(inferred));
    const { code, out } = await run('check');
    expect(code).toBe(1);
    expect(out).toContain('cannot be version 2 under BACKWARD; 60 of the last 60 events would fail');
    expect(out).toContain('#/properties/stars: TYPE_CHANGED');
    expect(out).toContain('Mend: add a property of another name');
    expect(await run('push')).toMatchObject({ code: 1 });
    expect(await run('pull')).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(file, 'utf8')).properties.stars.type).toBe('integer');
    expect(await run('types')).toMatchObject({ code: 0 });
    expect(readFileSync(path.join(dir, 'events.d.ts'), 'utf8')).toContain('"review_written": ReviewWritten;');
  });

  test('extend what Vitrine itself knows of a type, and each other', async ({ expect }) => {
    const dir = path.join(folder, 'extending');
    mkdirSync(dir);
    const run = (...words: string[]) =>
      runCommand('ops/schemas/main.ts', [...words, '--dir', dir, '--url', vitrine.url, '--key', SITE.secretKey]);
    const write = (name: string, schema: object) => writeFileSync(path.join(dir, name), JSON.stringify(schema));
    const address = { type: 'object', properties: { zip: { type: 'string', 'x-personal': true } }, required: ['zip'] };
    write('address.json', address);
    write('a_refund.json', { $ref: 'address' });
    write('checkout_started.json', {
      allOf: [{ $ref: 'vitrine.checkout_started' }],
      type: 'object',
      properties: { to: { $ref: 'address' }, gift: { type: 'boolean' } },
      required: ['to'],
    });
    expect(await run('check')).toMatchObject({ code: 0, out: expect.stringContaining('after "address"') });
    const pushed = await run('push');
    expect([pushed.code, pushed.out.match(/registered, id/g)?.length]).toEqual([0, 3]);
    const again = await run('push');
    expect([again.code, again.out]).toEqual([0, expect.not.stringContaining('registered')]);
    expect((await run('types')).code).toBe(0);
    const types = readFileSync(path.join(dir, 'events.d.ts'), 'utf8');
    expect(types).toMatch(/gift\?: boolean/);
    expect(types).toMatch(/zip: string/);
    expect(types).toMatch(/order_id\?: string/);

    const ask = (method: string, at: string, body?: object) =>
      fetch(`${vitrine.url}${at}`, {
        method,
        headers: { authorization: `Bearer ${SITE.secretKey}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      }).then(async (response) => (await response.json()) as Record<string, unknown>);
    await ask('PUT', '/api/schemas/checkout_started/door', { mode: 'refuse' });
    const event = (properties: object) => ({
      id: `x${Math.random()}`,
      type: 'checkout_started',
      occurredAt: new Date().toISOString(),
      userId: 'ann',
      properties,
    });
    const events = [{ to: { zip: '8010' }, total: 5 }, { total: 5 }, { to: { zip: 8010 } }].map(event);
    expect(await ask('POST', '/v/events', { events })).toMatchObject({
      accepted: 1,
      rejected: [{ message: expect.stringContaining('to') }, { message: expect.stringContaining('properties.to.zip') }],
    });
    write('lost.json', { $ref: 'nowhere' });
    expect(await run('check')).toMatchObject({
      code: 2,
      err: expect.stringContaining('refers to "nowhere", and there is no such subject'),
    });
  });
});
