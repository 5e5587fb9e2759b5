import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, type ExpectStatic, it, vi } from 'vitest';
import { encodeState } from '../../core/profile/encode-state.ts';
import { emptyState } from '../../core/profile/state.ts';
import { DAY_MS } from '../../core/time.ts';
import { PROFILE_KEY } from '../../durable-objects/user-profile/schema.ts';
import { runOpenErasures } from '../../jobs/erase/run-open-erasures.ts';
import { servingShards } from '../../stores/model/serving-shards.ts';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import { deliver, makeMessage } from './deliver.ts';
import { eventually, PATIENCE } from './eventually.ts';
import { aRun, makeEvent, makeSite, postEvents, send, type TestSite } from './site.ts';
import { failedReasonsOf, lakeIdsOf, rollupsOf, rowsWith } from './stores.ts';

const secret = (site: TestSite) => ({ authorization: `Bearer ${site.secretKey}` });
const postAsServer = (site: TestSite, events: unknown[]) =>
  send('/v/events', {
    method: 'POST',
    headers: { ...secret(site), 'content-type': 'application/json' },
    body: JSON.stringify({ events }),
  });
const identify = (device: string, userId: string) => ({ ...makeEvent(device, 'identify', { email: userId }), userId });
const erase = async (site: TestSite, path: string) =>
  (await send(`/api/${path}`, { method: 'DELETE', headers: secret(site) })).json<{
    id: string;
    state: string;
    receipt: string;
  }>();
const verify = async (site: TestSite, body: object) =>
  (await send('/api/erasures/verify', { method: 'POST', headers: secret(site), body: JSON.stringify(body) })).json<
    Record<string, unknown>
  >();
const stateOf = (site: TestSite, ledger: string) => profileStub(env, site.id, ledger as `a/${string}`).exportState();
const EMPTY = encodeState(emptyState());

/** Nothing is left, once the cron trigger has looked after what a batch was still writing when he was erased. */
const expectNothing = (expect: ExpectStatic, site: TestSite, text: string) =>
  eventually(async () => {
    await runOpenErasures(env, aRun());
    expect(await rowsWith(site.id, text)).toEqual([]);
  });

/** Two devices of one user, an order, a failed event, and a neighbour who is left alone. */
async function shopWithPerson(): Promise<TestSite> {
  const site = await makeSite();
  const order = makeEvent('ola-nordby-phone', 'order_completed', { order_id: 'o1', products: [{ product_id: 'bag' }] });
  const other = makeEvent('pia-lindgren', 'order_completed', { order_id: 'o2', products: [{ product_id: 'hat' }] });
  await postAsServer(site, [
    identify('ola-nordby-phone', 'ola-nordby'),
    identify('ola-nordby-desk', 'ola-nordby'),
    order,
    other,
  ]);
  await postEvents(site, [
    makeEvent('ola-nordby-phone', 'product_viewed', { product_id: '' }),
    makeEvent('pia-lindgren', 'product_viewed', { product_id: '' }),
    // He said who he is on a page, without a proof.
    { ...makeEvent('ola-nordby-tablet', 'product_viewed', { product_id: 'bag' }), userId: 'ola-nordby' },
  ]);
  await vi.waitUntil(async () => (await rollupsOf(site.id)).product_viewed === 1, PATIENCE);
  await vi.waitUntil(async () => (await rollupsOf(site.id)).order_completed === 2, PATIENCE);
  await vi.waitUntil(async () => (await lakeIdsOf(site.id)).length === 5, PATIENCE);
  return site;
}

describe('DELETE /api/users/:id', () => {
  it('leaves nothing of the person in any store, and everything of his neighbour', async ({ expect }) => {
    const site = await shopWithPerson();
    expect((await rowsWith(site.id, 'ola-nordby')).length).toBeGreaterThan(4);
    const neighbour = await stateOf(site, 'a/pia-lindgren');
    const { state, receipt } = await erase(site, 'users/ola-nordby');
    expect(state).toBe('done');
    await expectNothing(expect, site, 'ola-nordby');
    for (const ledger of ['u/ola-nordby', 'a/ola-nordby-phone', 'a/ola-nordby-desk', 'a/ola-nordby-tablet'])
      expect(await stateOf(site, ledger)).toBe(EMPTY);
    expect(await stateOf(site, 'a/pia-lindgren')).toBe(neighbour);
    expect((await rowsWith(site.id, 'pia-lindgren')).length).toBeGreaterThan(0);
    expect(await failedReasonsOf(site.id)).toEqual(['invalid_properties']);
    const sessions = await Promise.all(
      (await servingShards(env, site.id)).map(async (shard) => (await shard.ends()).length),
    );
    expect(sessions.reduce((sum, n) => sum + n, 0)).toBe(1);
    const { valid, about, receipt: said } = await verify(site, { receipt, userId: 'ola-nordby' });
    expect({ valid, about }).toEqual({ valid: true, about: true });
    expect(said).toMatchObject({ removed: { profiles: 4, orders: 1, failedEvents: 1 } });
  });

  it('gives a receipt that anybody can check, and that another site’s or a forged one does not pass for', async ({
    expect,
  }) => {
    const [site, other] = [await makeSite(), await makeSite()];
    const { receipt } = await erase(site, 'users/rob');
    const keys = await (await send('/.well-known/jwks.json')).json<JSONWebKeySet>();
    expect(keys.keys.every((key) => !('d' in key))).toBe(true);
    expect((await jwtVerify(receipt, createLocalJWKSet(keys))).payload.aud).toBe(site.id);
    expect(await verify(site, { receipt, userId: 'sam' })).toMatchObject({ valid: true, about: false });
    expect(await verify(other, { receipt })).toMatchObject({ valid: false });
    expect(await verify(site, { receipt: `${receipt.slice(0, -6)}AAAAAA` })).toMatchObject({ valid: false });
  });

  it('drops what was queued, and lets what happens later begin anew or be dropped, as the site says', async ({
    expect,
  }) => {
    const site = await makeSite();
    const queued = makeMessage(site.id, 'tom', ['queued']);
    await erase(site, 'devices/tom');
    expect((await deliver([queued])).acked).toEqual(['q0']);
    expect(await rollupsOf(site.id)).toEqual({});
    expect(await stateOf(site, 'a/tom')).toBe(EMPTY);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await postEvents(site, [makeEvent('tom', 'product_added', { product_id: 'new' })]);
    expect(JSON.parse(await stateOf(site, 'a/tom')).cart).toHaveLength(1);

    await send('/api/settings', {
      method: 'PUT',
      headers: { ...secret(site), 'content-type': 'application/json' },
      body: JSON.stringify({ erasedIds: 'drop' }),
    });
    const stub = profileStub(env, site.id, 'a/uwe');
    await stub.erase({ v: 1, erasedAt: Date.now() - 1_000, assignment: 7, later: 'drop' });
    await evictDurableObject(stub);
    const later = makeMessage(site.id, 'uwe', ['later']);
    for (const event of later.events) event.time = Date.now();
    const { outcomes } = await stub.apply([later]);
    expect(outcomes).toEqual([['erased']]);
  });

  it('finds what a batch wrote while the erasure passed by', async ({ expect }) => {
    const site = await makeSite();
    const message = makeMessage(site.id, 'vic-garden', ['1']);
    for (const event of message.events) {
      event.type = 'order_completed';
      event.properties = { order_id: 'o9', products: [{ product_id: 'x' }] };
    }
    // The batch is applied; before it writes its order, the erasure runs from end to end.
    let erased = false;
    const slow = {
      ...env,
      DB: new Proxy(env.DB, {
        get(db, name) {
          const value: unknown = Reflect.get(db, name, db);
          if (name !== 'batch') return typeof value === 'function' ? value.bind(db) : value;
          return async (statements: D1PreparedStatement[]) => {
            if (!erased) {
              erased = true;
              await erase(site, 'devices/vic-garden');
            }
            return db.batch(statements);
          };
        },
      }),
    };
    await deliver([message], slow);
    expect(erased).toBe(true);
    expect((await rowsWith(site.id, 'vic-garden')).length).toBeGreaterThan(0);
    await runOpenErasures(env, aRun());
    expect((await rowsWith(site.id, 'vic-garden')).length).toBe(0);
  });

  it('goes on where it failed, and ends with a receipt', async ({ expect }) => {
    const site = await shopWithPerson();
    const phone = profileStub(env, site.id, 'a/ola-nordby-phone');
    await runInDurableObject(phone, (instance) => {
      (instance as { erase: unknown }).erase = undefined;
    });
    const begun = await erase(site, 'users/ola-nordby');
    expect(begun).toMatchObject({ state: 'running', receipt: null });
    await evictDurableObject(phone);
    await runOpenErasures(env, aRun());
    const now = await (await send(`/api/erasures/${begun.id}`, { headers: secret(site) })).json();
    expect(now).toMatchObject({ state: 'done', receipt: expect.stringMatching(/^ey/) });
    await expectNothing(expect, site, 'ola-nordby');
  });
});

describe('GET /api/users/:id/export', () => {
  it('gives everything that is held of a person, and nothing of anybody else', async ({ expect }) => {
    const site = await shopWithPerson();
    await send('/api/lake/compact', { method: 'POST', headers: secret(site) });
    await postAsServer(site, [makeEvent('ola-nordby-phone', 'page_viewed')]);
    await vi.waitUntil(async () => (await rollupsOf(site.id)).page_viewed === 1, PATIENCE);
    const read = async (path: string) =>
      (await (await send(path, { headers: secret(site) })).text())
        .trim()
        .split('\n')
        .map(
          (line) =>
            JSON.parse(line) as {
              kind: string;
              ledger?: string;
              state?: object;
              following?: object;
              event?: { type: string };
            },
        );
    // The lake has it a moment after the rollups, or before.
    const lines = await eventually(async () => {
      const all = await read('/api/users/ola-nordby/export');
      if (!all.some(({ event }) => event?.type === 'page_viewed')) throw new Error('the page is not in the lake yet');
      return all;
    });
    const counts = Object.fromEntries(
      [...Map.groupBy(lines, ({ kind }) => kind)].map(([kind, { length }]) => [kind, length]),
    );
    expect(counts).toMatchObject({ profile: 3, link: 2, order: 1, failed_event: 1, end: 1 });
    const profile = lines.find((line) => line.kind === 'profile' && line.ledger === 'a/ola-nordby-phone');
    expect(profile?.state).toMatchObject({
      firstSeenAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      events: { page_viewed: 1 },
      sessions: [{ from: expect.any(String), to: expect.any(String) }],
    });
    expect(profile?.following).toMatchObject({ transitions: [], attributes: {} });
    const types = lines.flatMap(({ event }) => event?.type ?? []);
    expect(new Set(types)).toEqual(new Set(['identify', 'order_completed', 'page_viewed']));
    expect(JSON.stringify(lines)).not.toContain('pia-lindgren');
    // A device that only said it was his is erased with him, and not shown to him.
    expect(JSON.stringify(lines)).not.toContain('ola-nordby-tablet');
    expect((await read('/api/devices/ola-nordby-tablet/export')).map(({ kind }) => kind)).toContain('event');
    expect((await send('/api/users/ola-nordby/export?cursor=x', { headers: secret(site) })).status).toBe(400);
  });
});

describe('a profile that nothing has come for', () => {
  it('is forgotten by its alarm, with its links; one that is used stays', async ({ expect }) => {
    const site = await makeSite();
    await postAsServer(site, [identify('old-phone', 'zoe'), identify('new-phone', 'zoe')]);
    const old = profileStub(env, site.id, 'a/old-phone');
    await runInDurableObject(old, (_instance, { storage }) => {
      const stored = storage.kv.get<{ state: string }>(PROFILE_KEY);
      const aged = JSON.parse(stored?.state ?? '');
      aged.at = aged.at.map((time: number) => time - 396 * DAY_MS);
      storage.kv.put(PROFILE_KEY, { ...stored, state: JSON.stringify(aged) });
    });
    await env.DB.prepare("UPDATE device_links SET time = time - ? WHERE site = ? AND ledger = 'a/old-phone'")
      .bind(396 * DAY_MS, site.id)
      .run();
    await evictDurableObject(old);
    for (const ledger of ['a/old-phone', 'a/new-phone', 'u/zoe'] as const) {
      const stub = profileStub(env, site.id, ledger);
      await runDurableObjectAlarm(stub);
    }
    expect(await stateOf(site, 'a/old-phone')).toBe(EMPTY);
    expect(await stateOf(site, 'a/new-phone')).not.toBe(EMPTY);
    const { results } = await env.DB.prepare('SELECT ledger FROM device_links WHERE site = ?').bind(site.id).all();
    expect(results).toEqual([{ ledger: 'a/new-phone' }]);
    await runInDurableObject(old, async (_instance, { storage }) => {
      expect(await storage.getAlarm()).toBeNull();
    });
  });
});
