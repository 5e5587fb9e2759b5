import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it, vi } from 'vitest';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import worker from '../../workers/index.ts';
import { PATIENCE } from './eventually.ts';
import { asVisitor, makeEvent, makeSite, postEvents, send, type TestSite } from './site.ts';
import { failedReasonsOf, lakeIdsOf, rollupsOf } from './stores.ts';

const until = vi.waitFor;

/** Arrays in arrays. */
const nested = (levels: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
};

describe('POST /v/events', () => {
  it('brings an accepted event to profile, lake and rollups, once', async ({ expect }) => {
    const site = await makeSite();
    const events = [
      makeEvent('ada', 'page_viewed', { url: 'https://shop.example/?utm_source=news' }, 3),
      makeEvent('ada', 'product_viewed', { product_id: 'shirt', category: 'shirts' }, 2),
      makeEvent('ada', 'product_added', { product_id: 'shirt', category: 'shirts' }, 1),
      makeEvent('bob', 'product_viewed', { product_id: 'shoes' }, 1),
    ];
    for (const _ of ['first', 'retry', 'second retry']) {
      const response = await postEvents(site, events);
      expect(response.status).toBe(202);
      expect(await response.json()).toEqual({ accepted: 4, rejected: [] });
    }
    await until(
      async () => expect(await rollupsOf(site.id)).toEqual({ page_viewed: 1, product_viewed: 2, product_added: 1 }),
      PATIENCE,
    );
    const { value: profile } = await profileStub(env, site.id, 'a/ada').readHere();
    expect(profile.counts).toEqual({ page_viewed: 1, product_viewed: 1, product_added: 1 });
    expect(profile.cart).toEqual([{ id: 'shirt', quantity: 1 }]);
    const ids = events.map(({ id, anonymousId }) => `a/${anonymousId}/${id}`).sort();
    await until(async () => expect(await lakeIdsOf(site.id)).toEqual(ids), PATIENCE);
  });

  it('shows a critical event to the next read, before the queue has delivered', async ({ expect }) => {
    const site = await makeSite();
    await postEvents(site, [makeEvent('cleo', 'product_added', { product_id: 'bag', quantity: 2 })]);
    const response = await send(`/v/profile?${await asVisitor(site, 'cleo')}`);
    expect(await response.json()).toMatchObject({ anonymousId: 'cleo', cart: [{ id: 'bag', quantity: 2 }] });
  });

  it('refuses each bad event for itself, says why, and keeps it as failed', async ({ expect }) => {
    const site = await makeSite();
    const response = await postEvents(site, [
      makeEvent('dora', 'product_viewed', { product_id: 'ok' }),
      makeEvent('dora', 'product_viewed', {}),
      { ...makeEvent('dora', 'page_viewed'), occurredAt: 'yesterday' },
      makeEvent('dora', 'page_viewed', {}, 15 * 24 * 60),
      makeEvent('dora', 'page_viewed', { title: 'x'.repeat(40_000) }),
      makeEvent('dora', 'wishlist_shared', { anything: [1, { goes: true }] }),
      makeEvent('dora', 'wishlist_shared', { deep: nested(4_000) }),
    ]);
    expect(response.status).toBe(202);
    const body = await response.json<{
      accepted: number;
      rejected: { index: number; code: string; message: string }[];
    }>();
    expect(body.accepted).toBe(2);
    expect(body.rejected.map(({ index, code }) => [index, code])).toEqual([
      [1, 'invalid_properties'],
      [2, 'invalid_envelope'],
      [3, 'late'],
      [4, 'too_large'],
      [6, 'too_deep'],
    ]);
    expect(body.rejected[0]?.message).toContain('properties.product_id');
    expect(await failedReasonsOf(site.id)).toEqual([
      'invalid_envelope',
      'invalid_properties',
      'late',
      'too_deep',
      'too_large',
    ]);
  });

  it('keeps the first of two events with one id and other content; the second is a failed event', async ({
    expect,
  }) => {
    const site = await makeSite();
    const first = makeEvent('eve', 'product_viewed', { product_id: 'first' });
    await postEvents(site, [first]);
    await until(async () => expect(await rollupsOf(site.id)).toEqual({ product_viewed: 1 }), PATIENCE);
    await postEvents(site, [{ ...first, properties: { product_id: 'second' } }]);
    await until(async () => expect(await failedReasonsOf(site.id)).toEqual(['conflict']), PATIENCE);
    expect((await profileStub(env, site.id, 'a/eve').readHere()).value.recentItems.map(({ id }) => id)).toEqual([
      'first',
    ]);
    expect(await rollupsOf(site.id)).toEqual({ product_viewed: 1 });
  });

  it('takes gzip and text/plain, and sets the cookie for a page of the shop', async ({ expect }) => {
    const site = await makeSite();
    const body = new Response(JSON.stringify({ events: [makeEvent('finn', 'page_viewed')] })).body?.pipeThrough(
      new CompressionStream('gzip'),
    );
    const response = await send(`/v/events?key=${site.writeKey}`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain', 'content-encoding': 'gzip', origin: site.origin },
      body: await new Response(body).arrayBuffer(),
    });
    expect(response.status).toBe(202);
    expect(response.headers.get('set-cookie')).toMatch(/^vitrine_id=finn; .*HttpOnly; SameSite=Lax; Secure$/);
    expect(response.headers.get('access-control-allow-origin')).toBe(site.origin);
  });

  it.for([
    ['no key', 401, 'missing_key', () => send('/v/events', { method: 'POST', body: '{}' })],
    ['an unknown key', 401, 'unknown_key', () => send('/v/events?key=wk_nobody', { method: 'POST', body: '{}' })],
    [
      'a foreign origin',
      403,
      'origin_refused',
      (site: TestSite) => postEvents(site, [], { origin: 'https://evil.example' }),
    ],
    [
      'a secret key in the URL',
      400,
      'secret_key_in_url',
      (site: TestSite) => send(`/v/events?key=${site.secretKey}`, { method: 'POST', body: '{}' }),
    ],
    [
      'another media type',
      415,
      'media_type_unsupported',
      (site: TestSite) => postEvents(site, [], { 'content-type': 'application/xml' }),
    ],
    ['no events', 400, 'invalid_body', (site: TestSite) => postEvents(site, [])],
    ['too many events', 413, 'too_many_events', (site: TestSite) => postEvents(site, new Array(501).fill({}))],
    ['a body that is too large', 413, 'body_too_large', (site: TestSite) => postEvents(site, ['x'.repeat(600_000)])],
  ] as const)('answers %s with %i %s', async ([, status, code, request], { expect }) => {
    const response = await request(await makeSite());
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ status, code });
  });

  it('answers 503 with Retry-After when the queue refuses, and has taken nothing', async ({ expect }) => {
    const site = await makeSite();
    const refusing: Env = {
      ...env,
      EVENTS: Object.assign(Object.create(env.EVENTS), {
        send: () => Promise.reject(new Error('Queue send failed: Too Many Requests')),
        sendBatch: () => Promise.reject(new Error('Queue sendBatch failed: Too Many Requests')),
      }),
    };
    const request = new Request<unknown, IncomingRequestCfProperties>(
      `https://vitrine.example/v/events?key=${site.writeKey}`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ events: [makeEvent('gus', 'product_added', { product_id: 'bag' })] }),
      },
    );
    const response = await worker.fetch(request, refusing, createExecutionContext());
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await response.json()).toMatchObject({ code: 'queue_unavailable' });
    expect((await profileStub(env, site.id, 'a/gus').readHere()).value.counts).toEqual({});
  });

  it('names the place where JSON breaks', async ({ expect }) => {
    const site = await makeSite();
    const response = await send(`/v/events?key=${site.writeKey}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{\n  "events": [ { "id": }\n',
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid_json', position: { line: 2, column: 23 } });
  });

  it('stops inflating a gzip body at the limit', async ({ expect }) => {
    const site = await makeSite();
    const zeros = new Response(new Uint8Array(8 * 1024 * 1024)).body?.pipeThrough(new CompressionStream('gzip'));
    const response = await send(`/v/events?key=${site.writeKey}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: await new Response(zeros).arrayBuffer(),
    });
    expect(response.status).toBe(413);
  });
});
