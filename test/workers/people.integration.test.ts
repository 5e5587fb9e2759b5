import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { hourOf } from '../../core/time.ts';
import { compactSite } from '../../jobs/compact/compact-site.ts';
import { eventually } from './eventually.ts';
import { makeEvent, makeSite, postEvents, send, type TestSite } from './site.ts';

interface Person {
  readonly id: string;
  readonly home: string | null;
  readonly links: { readonly users: string[]; readonly devices: string[] };
  readonly counts: Record<string, number>;
  readonly timeline?: {
    readonly events: { readonly id: string; readonly type: string; readonly anonymousId: string | null }[];
    readonly before: number | null;
  };
}
const personOf = async (site: TestSite, path: string) => {
  const response = await send(`/api/${path}`, { headers: { authorization: `Bearer ${site.secretKey}` } });
  return { status: response.status, body: await response.json<Person>() };
};

const rawKeys = async ({ id }: TestSite) =>
  (await env.LAKE.list({ prefix: `raw/site=${id}/` })).objects.map(({ key }) => key);

describe('a person, by any of his ids', () => {
  it('has the same profile and links, and a timeline over all devices, the newest first', async ({ expect }) => {
    const site = await makeSite();
    const now = Date.now();
    const at = (device: string, type: string, ago: number) => ({
      ...makeEvent(device, type, type === 'product_viewed' ? { product_id: 'p1' } : {}),
      occurredAt: new Date(now - ago).toISOString(),
    });
    const events = [
      at('phone', 'page_viewed', 5_000),
      at('phone', 'product_viewed', 4_000),
      at('laptop', 'page_viewed', 3_000),
    ];
    await postEvents(site, events);
    await postEvents(site, [at('stranger', 'page_viewed', 1_000)]);
    const identify = (device: string) => ({ ...makeEvent(device, 'identify', {}), userId: 'ann' });
    const response = await send('/v/events', {
      method: 'POST',
      headers: { authorization: `Bearer ${site.secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ events: [identify('phone'), identify('laptop')] }),
    });
    expect(response.status).toBe(202);
    const byUser = await eventually(async () => {
      const { body } = await personOf(site, 'users/ann?timeline=50');
      expect(body.links?.devices.toSorted()).toEqual(['laptop', 'phone']);
      expect(body.timeline?.events.map(({ type }) => type).filter((type) => type !== 'identify')).toEqual([
        'page_viewed',
        'product_viewed',
        'page_viewed',
      ]);
      return body;
    });
    expect(byUser.timeline?.before).toBeNull();
    const ids = (person: Person) => person.timeline?.events.map(({ id }) => id);
    const byDevice = (await personOf(site, 'devices/phone?timeline=50')).body;
    expect([byDevice.id, byDevice.home, ids(byDevice)]).toEqual(['phone', 'ann', ids(byUser)]);
    const stranger = (await personOf(site, 'devices/stranger?timeline=1')).body;
    expect([stranger.home, stranger.links, stranger.timeline?.events.length]).toEqual([
      null,
      { users: [], devices: [] },
      1,
    ]);
    expect((await personOf(site, 'devices/phone')).body.timeline).toBeUndefined();
    // The same once the lake has compacted them: each stands once.
    await compactSite(env, site.id, hourOf(now) + 1, Date.now() + 30_000);
    expect(ids((await personOf(site, 'users/ann?timeline=50')).body)).toEqual(ids(byUser));
    expect((await personOf(site, 'devices/nobody')).status).toBe(404);
    expect((await personOf(await makeSite(), 'devices/phone?timeline=5')).status).toBe(404);
    expect((await personOf(site, 'devices/phone?timeline=0')).status).toBe(400);
  });

  it('has a timeline that goes on where it ended, hour by hour', async ({ expect }) => {
    const site = await makeSite();
    const now = Date.now();
    const events = Array.from({ length: 12 }, (_, at) => makeEvent('ann', 'page_viewed', {}, at * 60));
    await postEvents(site, events);
    await eventually(async () => expect(await rawKeys(site)).not.toEqual([]));
    await compactSite(env, site.id, hourOf(now) + 1, Date.now() + 30_000);
    // What has arrived last is there from the beginning; the rest follows from the lake.
    await env.LAKE.delete(await rawKeys(site));
    const found: string[] = [];
    let before: number | null | undefined;
    for (let looks = 0; looks < 20 && before !== null; looks += 1) {
      const { body } = await personOf(site, `devices/ann?timeline=5${before === undefined ? '' : `&before=${before}`}`);
      found.push(...(body.timeline?.events.map(({ id }) => id) ?? []));
      before = body.timeline?.before ?? null;
    }
    expect(found).toEqual(events.map(({ id }) => id));
  });
});

describe('an event of the last day', () => {
  it('is found by its id, with the trace from its request to the lake, before and after compaction, and of its own site alone', async ({
    expect,
  }) => {
    const site = await makeSite();
    const events = [makeEvent('ann', 'page_viewed'), makeEvent('ben', 'page_viewed', {}, 180)];
    const bad = { ...makeEvent('ann', 'order_completed'), id: 'refused-one' };
    const answer = await postEvents(site, [...events, bad]);
    const trace = answer.headers.get('vitrine-trace');
    expect(trace).toMatch(/^[0-9a-f-]{36}$/);
    await eventually(async () => expect(await rawKeys(site)).not.toEqual([]));
    const find = async (id: string, by = site) => {
      const response = await send(`/api/events/${id}`, { headers: { authorization: `Bearer ${by.secretKey}` } });
      return { status: response.status, body: await response.json<Record<string, unknown>>() };
    };
    for (const compacted of [false, true]) {
      if (compacted) {
        await compactSite(env, site.id, hourOf(Date.now()) + 1, Date.now() + 30_000);
        await env.LAKE.delete(await rawKeys(site));
      }
      for (const { id, anonymousId } of events) {
        const { body } = await eventually(async () => {
          const found = await find(id);
          expect(found.status).toBe(200);
          return found;
        });
        expect(body).toMatchObject({ id, trace, event: { anonymousId }, failed: [] });
        expect(body.object).toMatch(compacted ? /parquet/ : /^raw\//);
      }
    }
    const refused = (await find('refused-one')).body;
    expect(refused).toMatchObject({ trace: null, failed: [{ reason: 'invalid_properties' }] });
    expect((await find('nobody')).status).toBe(404);
    expect((await find(events[0]?.id ?? '', await makeSite())).status).toBe(404);
  });
});
