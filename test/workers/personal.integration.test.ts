import { describe, it } from 'vitest';
import { eventually } from './eventually.ts';
import { makeEvent, makeSite, postEvents, send, type TestSite } from './site.ts';
import { failedReasonsOf } from './stores.ts';

const ask = async (site: TestSite, method: string, path: string, body?: unknown, key = site.secretKey) => {
  const response = await send(path, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
};
const SECRETS = /ann@mail\.example|Elm Street|secret-zip/;
const schema = {
  type: 'object',
  properties: {
    email: { type: 'string', pattern: '^[a-z]+$', 'confluent:tags': ['PII'] },
    to: { type: 'object', properties: { street: { type: 'string', 'x-personal': true } } },
    total: { type: 'number' },
  },
};

/** A site whose sign-ups are checked, with one that failed. */
async function siteWithFailure(mode: 'refuse' | 'watch' = 'refuse'): Promise<TestSite> {
  const site = await makeSite();
  const sent = { schema: JSON.stringify(schema), schemaType: 'JSON' };
  await ask(site, 'POST', '/registry/subjects/signed_up/versions', sent);
  await ask(site, 'PUT', '/api/schemas/signed_up/door', { mode });
  const properties = { email: 'ann@mail.example', to: { street: 'Elm Street' }, total: 'x' };
  const context = { traits: { zip: 'secret-zip' }, page: { url: 'https://shop.example/' } };
  await postEvents(site, [{ ...makeEvent('ann', 'signed_up', properties), context }]);
  return site;
}

describe('what a schema calls personal', () => {
  it('is masked in failed events, and in what is told of their faults, but for who may see people and says so', async ({
    expect,
  }) => {
    const site = await siteWithFailure();
    await eventually(async () => expect(await failedReasonsOf(site.id)).toEqual(['schema_violation']));
    const { answer } = await ask(site, 'GET', '/api/failed-events');
    expect(JSON.stringify(answer)).not.toMatch(SECRETS);
    expect(answer).toMatchObject({
      events: [
        {
          event: {
            properties: { email: '[personal]', to: { street: '[personal]' }, total: 'x' },
            context: { traits: '[personal]', page: { url: 'https://shop.example/' } },
          },
        },
      ],
    });
    const whole = await ask(site, 'GET', '/api/failed-events?personal=1');
    expect(JSON.stringify(whole.answer)).toMatch(/ann@mail\.example/);
    const trail = await ask(site, 'GET', '/api/audit');
    expect(trail.answer).toMatchObject({
      entries: expect.arrayContaining([expect.objectContaining({ action: 'personal.read' })]),
    });

    const made = await ask(site, 'POST', '/api/keys', { kind: 'secret', scopes: ['failed_events'] });
    const key = String(made.answer.key);
    expect((await ask(site, 'GET', '/api/failed-events', undefined, key)).status).toBe(200);
    const refused = await ask(site, 'GET', '/api/failed-events?personal=1', undefined, key);
    expect([refused.status, refused.answer.code]).toEqual([403, 'scope_missing']);
  });

  it('is not written back masked, and goes in again as it came', async ({ expect }) => {
    const site = await siteWithFailure();
    await eventually(async () => expect(await failedReasonsOf(site.id)).toEqual(['schema_violation']));
    const { answer } = await ask(site, 'GET', '/api/failed-events');
    const [failed] = answer.events as { key: string; event: Record<string, unknown> }[];
    const retry = (events: object[]) => ask(site, 'POST', '/api/failed-events/retry', { events });
    const written = await retry([{ key: failed?.key, event: failed?.event }]);
    expect([written.status, written.answer.code]).toEqual([400, 'masked_event']);
    const again = await retry([{ key: failed?.key }]);
    expect(again.answer).toMatchObject({ events: [{ outcome: 'refused', code: 'schema_violation' }] });
    expect(JSON.stringify(again.answer)).not.toMatch(SECRETS);
    await ask(site, 'PUT', '/api/schemas/signed_up/door', { mode: 'off' });
    expect((await retry([{ key: failed?.key }])).answer).toMatchObject({ events: [{ outcome: 'accepted' }] });
  });

  it('is not told of what is only watched', async ({ expect }) => {
    const site = await siteWithFailure('watch');
    await eventually(async () => {
      const { answer } = await ask(site, 'GET', '/api/schemas/watched');
      expect(answer.faults).toHaveLength(1);
      expect(JSON.stringify(answer)).toMatch(/\[personal\]/);
      expect(JSON.stringify(answer)).not.toMatch(SECRETS);
    });
  });

  it('are all traits of identify', async ({ expect }) => {
    const site = await makeSite();
    const event = makeEvent('ann', 'identify', { email: 'ann@mail.example' });
    await postEvents(site, [{ ...event, userId: 'u-1', occurredAt: 'yesterday' }]);
    await eventually(async () => expect(await failedReasonsOf(site.id)).toEqual(['invalid_envelope']));
    const { answer } = await ask(site, 'GET', '/api/failed-events');
    expect(answer).toMatchObject({ events: [{ event: { properties: { email: '[personal]' } } }] });
  });
});

describe('built-in subjects', () => {
  it('are read, and referred to, by every site, and changed by none', async ({ expect }) => {
    const site = await makeSite();
    const all = (await ask(site, 'GET', '/registry/subjects?subjectPrefix=vitrine.')).answer as unknown as string[];
    expect(all).toContain('vitrine.order_completed');
    expect((await ask(site, 'GET', '/registry/subjects')).answer).toEqual([]);
    const latest = (await ask(site, 'GET', '/registry/subjects/vitrine.order_completed/versions/latest')).answer;
    expect(latest).toMatchObject({ version: 1, schemaType: 'JSON', schema: expect.stringContaining('order_id') });
    expect((await ask(site, 'GET', `/registry/schemas/ids/${latest.id}`)).answer).toMatchObject({
      schema: latest.schema,
    });
    expect((await ask(site, 'GET', `/registry/schemas/ids/${latest.id}/versions`)).answer).toEqual([
      { subject: 'vitrine.order_completed', version: 1 },
    ]);
    const sent = { schema: '{"type":"object"}', schemaType: 'JSON' };
    for (const [method, path, body] of [
      ['POST', '/registry/subjects/vitrine.order_completed/versions', sent],
      ['POST', '/registry/subjects/vitrine.mine/versions', sent],
      ['DELETE', '/registry/subjects/vitrine.order_completed'],
      ['DELETE', '/registry/subjects/vitrine.order_completed/versions/1'],
      ['PUT', '/registry/config/vitrine.order_completed', { compatibility: 'NONE' }],
      ['PUT', '/registry/mode/vitrine.order_completed', { mode: 'READONLY' }],
    ] as const) {
      const refused = await ask(site, method, path, body);
      expect([path, refused.answer.error_code]).toEqual([path, 42205]);
    }
    const door = await ask(site, 'PUT', '/api/schemas/vitrine.order_completed/door', { mode: 'refuse' });
    expect([door.status, door.answer.code]).toEqual([400, 'invalid_type']);
  });
});
