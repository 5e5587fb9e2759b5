import { createExecutionContext, evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it, vi } from 'vitest';
import { deviceLedger } from '../../core/identity/ledger.ts';
import { forgetDefinitions } from '../../stores/config/definitions.ts';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import { forgetDoors } from '../../stores/schemas/current-doors.ts';
import worker from '../../workers/index.ts';
import { deliver, makeMessage } from './deliver.ts';
import { eventually } from './eventually.ts';
import { asVisitor, makeEvent, makeSite, postEvents, send, type TestSite } from './site.ts';
import { rollupsOf } from './stores.ts';

const never = () => new Promise<never>(() => undefined);
/** A binding whose methods of these names never answer, or throw. */
function away<T extends object>(binding: T, methods: readonly string[], how: 'hangs' | 'throws'): T {
  return new Proxy(binding, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (!methods.includes(String(name)))
        // A method of an object elsewhere has no "bind".
        return typeof value === 'function' ? (...args: unknown[]) => Reflect.apply(value, target, args) : value;
      if (how === 'throws') throw new Error('the store is away');
      return name === 'prepare' ? () => statement : never;
    },
  });
}
const statement = { bind: () => statement, all: never, first: never, run: never, raw: never };
const D1 = ['prepare', 'batch'];
const withoutD1 = (how: 'hangs' | 'throws'): Env => ({ ...env, DB: away(env.DB, D1, how) });
/** Objects of profiles whose named methods never answer. */
const slowProfiles = (methods: readonly string[], how: 'hangs' | 'throws' = 'hangs'): Env => ({
  ...env,
  USER_PROFILE: new Proxy(env.USER_PROFILE, {
    get(namespace, name) {
      if (name === 'get') return (id: DurableObjectId) => away(namespace.get(id), methods, how);
      const value: unknown = Reflect.get(namespace, name, namespace);
      return typeof value === 'function' ? value.bind(namespace) : value;
    },
  }),
});

const request = (site: TestSite, path: string, init: RequestInit = {}) =>
  new Request(`https://vitrine.example${path}${path.includes('?') ? '&' : '?'}key=${site.writeKey}`, init);
const ask = (site: TestSite, under: Env, path: string, init?: RequestInit) =>
  worker.fetch(request(site, path, init) as Parameters<typeof worker.fetch>[0], under, createExecutionContext());
const post = (site: TestSite, under: Env, events: unknown[]) =>
  ask(site, under, '/v/events', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ events }),
  });
const carts = async (site: TestSite, device: string) =>
  (await profileStub(env, site.id, deviceLedger(device)).readHere()).value.counts.product_added;
const added = (device: string) => makeEvent(device, 'product_added', { product_id: 'bag' });
const readOf = async (site: TestSite, under: Env, device: string, strategy = 'recently_viewed') =>
  (await ask(site, under, `/v/recommendations?strategy=${strategy}&${await asVisitor(site, device)}`)).json<{
    tier: string;
    reason: string;
  }>();

/** Refuses whatever has no coupon. */
async function setDoor(site: TestSite): Promise<void> {
  const constraints = [{ name: 'coupon', condition: 'has(properties.coupon)' }];
  const answer = await send('/api/schemas/product_added/door', {
    method: 'PUT',
    headers: { authorization: `Bearer ${site.secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ mode: 'refuse', constraints }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

describe.each(['hangs', 'throws'] as const)('while D1 %s', (how) => {
  it('no critical event waits, no profile write fails, no refused event holds an answer, and reads stay live', async ({
    expect,
  }) => {
    const site = await makeSite();
    expect((await post(site, env, [added('ann')])).status).toBe(202);
    await readOf(site, env, 'ann');
    const outage = withoutD1(how);
    for (let n = 0; n < 3; n += 1) expect((await post(site, outage, [added('ann'), added('ben')])).status).toBe(202);
    const refused = await post(site, outage, [makeEvent('ann', 'product_viewed', { product_id: '' })]);
    expect([refused.status, (await refused.json<{ rejected: unknown[] }>()).rejected.length]).toEqual([202, 1]);
    expect([await carts(site, 'ann'), await carts(site, 'ben')]).toEqual([4, 3]);
    await evictDurableObject(profileStub(env, site.id, 'a/ben'));
    expect(await readOf(site, outage, 'ben')).toMatchObject({ tier: 'live' });
  });

  it('a door that is known still refuses, and one that nothing is known of lets events in', async ({ expect }) => {
    const site = await makeSite();
    await setDoor(site);
    const outage = withoutD1(how);
    const refused = async () =>
      (await (await post(site, outage, [added('ann')])).json<{ rejected: unknown[] }>()).rejected.length;
    expect((await post(site, env, [added('ann')])).status).toBe(202);
    expect(await refused()).toBe(1);
    forgetDoors(site.id);
    expect([await refused(), await refused()]).toEqual([0, 0]);
  });

  it('an isolate that knows no definitions counts all the same, and follows them when it hears of them', async ({
    expect,
  }) => {
    const site = await makeSite();
    const headers = { authorization: `Bearer ${site.secretKey}`, 'content-type': 'application/json' };
    const definition = { event: 'product_added', aggregate: 'count', window: '2h' };
    await send('/api/attributes/carts', { method: 'PUT', headers, body: JSON.stringify(definition) });
    await env.DB.prepare('UPDATE attributes SET since = 0 WHERE site = ?').bind(site.id).run();
    await post(site, env, []);
    forgetDefinitions(site.id);
    await ask(site, env, '/v/profile?anonymousId=nobody');
    forgetDefinitions(site.id);
    const outage = withoutD1(how);
    expect((await post(site, outage, [added('cem')])).status).toBe(202);
    expect(await profileStub(env, site.id, 'a/cem').exportFollowing()).toContain('"waiting"');
    // The queue brings the message again; by then D1 is back.
    forgetDefinitions(site.id);
    await eventually(async () => expect(await rollupsOf(site.id)).toEqual({ product_added: 1 }));
    forgetDefinitions(site.id);
    await runDurableObjectAlarm(profileStub(env, site.id, 'a/cem'));
    expect(await profileStub(env, site.id, 'a/cem').exportFollowing()).not.toContain('"waiting"');
    const { value } = await profileStub(env, site.id, 'a/cem').readHere();
    expect(value.attributes.carts).toEqual({ value: 1, exact: true });
  });
});

describe('the way to a profile that does not answer', () => {
  it('lowers a read to the last known one after the deadline, and to what is popular when nothing is known', async ({
    expect,
  }) => {
    const site = await makeSite();
    await send('/api/catalog', {
      method: 'POST',
      headers: { authorization: `Bearer ${site.secretKey}`, 'content-type': 'application/x-ndjson' },
      body: JSON.stringify({ id: 'bag', title: 'Bag', url: '/bag' }),
    });
    await post(site, env, [added('dan')]);
    const slow = slowProfiles(['readRecent', 'readRecentHere']);
    expect(await readOf(site, slow, 'dan')).toMatchObject({ tier: 'baseline', reason: 'profile_deadline' });
    expect(await readOf(site, env, 'dan')).toMatchObject({ tier: 'live' });
    expect(await readOf(site, slow, 'dan')).toMatchObject({ tier: 'last_known', reason: 'profile_deadline' });
  });

  it('is never asked for what needs no profile, and the tier claims none', async ({ expect }) => {
    const site = await makeSite();
    const slow = slowProfiles(['readRecent', 'readRecentHere', 'read', 'readHere']);
    for (const device of ['nobody', 'eve'])
      for (const strategy of ['trending', 'similar&item=bag']) {
        const { tier, reason } = await readOf(site, slow, device, strategy);
        expect([tier, reason]).toEqual(['baseline', 'no_model']);
      }
  });

  it('costs an event its freshness and nothing else', async ({ expect }) => {
    const site = await makeSite();
    const spy = vi.spyOn(console, 'log');
    expect((await post(site, slowProfiles(['show']), [added('fay')])).status).toBe(202);
    expect((await post(site, slowProfiles(['show'], 'throws'), [added('fay')])).status).toBe(202);
    const deferred = () => spy.mock.calls.some(([line]) => String(line).includes('"live_deferred"'));
    await eventually(() => expect(deferred()).toBe(true));
    spy.mockRestore();
    await eventually(async () => expect(await rollupsOf(site.id)).toEqual({ product_added: 2 }));
    expect(await carts(site, 'fay')).toBe(2);
  });
});

describe('a person’s home that does not answer', () => {
  it('delays no 202; the message comes until it has the snapshot', async ({ expect }) => {
    const site = await makeSite();
    const stub = profileStub(env, site.id, 'a/gil');
    await stub.assign({ v: 1, person: 'u/gil', version: 1 });
    const { events } = makeMessage(site.id, 'gil', ['one']);
    const counted = await stub.live([{ id: 'm', events }]);
    expect(counted).toEqual([['counted']]);
    expect((await deliver([makeMessage(site.id, 'gil', ['two'])])).acked).toEqual(['q0']);
    expect((await profileStub(env, site.id, 'u/gil').readHere()).value.counts).toEqual({ product_viewed: 2 });
  });
});

describe('an answer to a page', () => {
  it('says to a preflight what may be sent, and lets the page read an error', async ({ expect }) => {
    const site = await makeSite();
    const headers = { origin: site.origin, 'access-control-request-method': 'POST' };
    const preflight = await send(`/v/events?key=${site.writeKey}`, { method: 'OPTIONS', headers });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(site.origin);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('content-type');
    expect(preflight.headers.get('access-control-max-age')).toBe('86400');
    const foreign = await send(`/v/events?key=${site.writeKey}`, {
      method: 'OPTIONS',
      headers: { ...headers, origin: 'https://other.example' },
    });
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
    const bad = await postEvents(site, 'none' as never, { origin: site.origin });
    expect([bad.status, bad.headers.get('access-control-allow-origin')]).toEqual([400, site.origin]);
    const missing = await send(`/v/nothing?key=${site.writeKey}`, { headers: { origin: site.origin } });
    expect([missing.status, missing.headers.get('access-control-allow-origin')]).toEqual([404, site.origin]);
  });
});
