import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import type { EventMessage } from '../../core/events/message.ts';
import { hashLedger, hashPart } from '../../core/identity/hash-ledger.ts';
import { deviceLedger } from '../../core/identity/ledger.ts';
import { HOUR_MS, MINUTE_MS } from '../../core/time.ts';
import { beginBuild, dropRetired, goOn } from '../../jobs/index/build-index.ts';
import { buildIndexes } from '../../jobs/index/build-indexes.ts';
import { publishModel } from '../../jobs/publish/publish-model.ts';
import { takeLease } from '../../jobs/schedule/lease.ts';
import { readIndex } from '../../stores/model/index-row.ts';
import { servingShards } from '../../stores/model/serving-shards.ts';
import { type Generation, type ShardStub, shardStubs } from '../../stores/objects/shards.ts';
import { deliver, makeMessage } from './deliver.ts';
import { aRun, makeSite, send, type TestSite } from './site.ts';

const later = () => Date.now() + 60_000;

interface Visit {
  readonly visitor: string;
  readonly minutesAgo: number;
  readonly item?: string;
  readonly type?: string;
  readonly more?: object;
}

/** Brings visits as the queue does, each in a message of its own, in the order of time. */
async function bring(site: TestSite, visits: readonly Visit[], more: Partial<EventMessage> = {}): Promise<void> {
  const messages = visits
    .toSorted((a, b) => b.minutesAgo - a.minutesAgo)
    .map(({ visitor, minutesAgo, item, type = 'product_viewed', more: fields }) => {
      const time = Date.now() - minutesAgo * MINUTE_MS;
      const event = {
        id: crypto.randomUUID(),
        type,
        time,
        occurredAt: new Date(time).toISOString(),
        fingerprint: 1,
        properties: { product_id: item },
        ...fields,
      };
      return makeMessage(site.id, visitor, [], { ...more, events: [event] });
    });
  await deliver(messages);
}

/** Two sessions each of some visitors over half a day, across the borders of hours. */
const someVisits = (visitors = 12, name = 'v'): Visit[] =>
  Array.from(
    { length: visitors * 6 },
    (_, n): Visit => ({
      visitor: `${name}${n % visitors}`,
      minutesAgo: 700 - (n % visitors) * 17 - Math.floor(n / visitors) * 20 - (n >= visitors * 3 ? 60 : 0),
      item: `p${(n * 5 + (n % visitors)) % 11}`,
      ...(n % 9 === 4 && { type: 'page_viewed', item: '' }),
    }),
  );

/** Begins a build, as if a minute ago. */
async function begin(site: TestSite, request: Parameters<typeof beginBuild>[2] = {}): Promise<Generation> {
  const build = await beginBuild(env, site.id, request);
  await env.DB.prepare("UPDATE session_indexes SET build = json_set(build, '$.begunAt', ?) WHERE site = ?")
    .bind(Date.now() - MINUTE_MS, site.id)
    .run();
  return build;
}

async function published(site: TestSite) {
  const model = await publishModel(env, site.id, true);
  if (!model.ok) throw new Error(model.refusals.join());
  return model.manifest;
}
const blocksOf = async (site: TestSite) => (await published(site)).shards.map((shard) => shard.map(({ key }) => key));

async function itemsOf(stubs: readonly ShardStub[]): Promise<string[]> {
  const summaries = await Promise.all(stubs.map((shard) => shard.summary(Date.now(), 0)));
  return summaries.flatMap(({ counts }) => counts.map(([item]) => String(item))).sort();
}

async function similarTo(site: TestSite, item: string): Promise<string[][]> {
  const path = `/v/recommendations?key=${site.writeKey}&strategy=similar&item=${item}&limit=20`;
  const { items } = await (await send(path)).json<{ items: { id: string; reason: { code: string } }[] }>();
  return items.map(({ id, reason }) => [id, reason.code]);
}

async function upload(site: TestSite): Promise<void> {
  const body = Array.from({ length: 11 }, (_, n) => JSON.stringify({ id: `p${n}`, title: `P ${n}`, url: `/p/${n}` }));
  await send('/api/catalog', {
    method: 'POST',
    headers: { authorization: `Bearer ${site.secretKey}` },
    body: body.join('\n'),
  });
}

describe('an index that is built from the lake', () => {
  it('is that which the stream has built, to the byte, and serves then', async ({ expect }) => {
    const site = await makeSite();
    await bring(site, someVisits());
    const blocks = await blocksOf(site);
    const { generation } = await begin(site);
    const index = await goOn(env, site.id, later());
    expect(index).toMatchObject({ generation, build: undefined });
    expect(index.outcome).toMatchObject({ result: 'swapped', sessions: 24, sessionsBefore: 24 });
    expect(index.outcome?.sameBlocks).toBe(blocks.flat().length);
    expect(await blocksOf(site)).toEqual(blocks);
    await bring(site, [{ visitor: 'new', minutesAgo: 1, item: 'fresh' }]);
    expect(await itemsOf(await servingShards(env, site.id))).toContain('fresh');
  });

  it('has another number of shards if one is asked for, and answers as before', async ({ expect }) => {
    const site = await makeSite();
    await upload(site);
    await bring(site, someVisits());
    await published(site);
    const before = await similarTo(site, 'p3');
    expect(before.filter(([, code]) => code === 'similar').length).toBeGreaterThan(3);
    await begin(site, { shards: 7 });
    await goOn(env, site.id, later());
    expect((await published(site)).shards).toHaveLength(7);
    expect(await similarTo(site, 'p3')).toEqual(before);
  });

  it('becomes the same wherever its runs end, and when one begins again at an earlier mark', async ({ expect }) => {
    const site = await makeSite();
    await bring(site, someVisits());
    const blocks = await blocksOf(site);
    await begin(site);
    let runs = 0;
    for (; runs < 100 && (await readIndex(env, site.id)).build; runs += 1) {
      // The marks of two runs are lost.
      if (runs === 5 || runs === 9)
        for (const { key } of (await env.MODELS.list({ prefix: `models/${site.id}/index/` })).objects)
          await env.MODELS.delete(key);
      await goOn(env, site.id, 0);
    }
    expect(runs).toBeGreaterThan(10);
    expect((await readIndex(env, site.id)).outcome?.result).toBe('swapped');
    expect(await blocksOf(site)).toEqual(blocks);
    expect((await env.MODELS.list({ prefix: `models/${site.id}/index/` })).objects).toEqual([]);
  });

  it('has what came while it was built: new sessions, and more of those that it has from the lake', async ({
    expect,
  }) => {
    const site = await makeSite();
    await bring(site, someVisits());
    await begin(site);
    for (let run = 0; run < 4; run += 1) await goOn(env, site.id, 0);
    await bring(site, [
      ...someVisits(4, 'w').map((visit) => ({ ...visit, minutesAgo: visit.minutesAgo - 240 })),
      // Two late events that make one session of two, the second of which is not read yet; and one of today.
      { visitor: 'v3', minutesAgo: 585, item: 'late' },
      { visitor: 'v3', minutesAgo: 555, item: 'late' },
      { visitor: 'v4', minutesAgo: 1, item: 'today' },
    ]);
    for (let run = 0; run < 3; run += 1) await goOn(env, site.id, 0);
    await bring(site, [{ visitor: 'v4', minutesAgo: 0, item: 'now' }]);
    const blocks = await blocksOf(site);
    expect((await goOn(env, site.id, later())).outcome?.result).toBe('swapped');
    expect(await blocksOf(site)).toEqual(blocks);
    expect(await itemsOf(await servingShards(env, site.id))).toEqual(expect.arrayContaining(['late', 'now', 'today']));
  });

  it('knows neither bots, nor who refuses personalization, nor who was erased', async ({ expect }) => {
    const site = await makeSite();
    const ledgers = ['erased', 'shared', 'late'].map((visitor) => hashLedger(site.id, deviceLedger(visitor)));
    const refuses = { type: 'consent_changed', more: { properties: { purposes: { personalization: false } } } };
    const grants = { type: 'consent_changed', more: { properties: { purposes: { personalization: true } } } };
    await bring(site, [{ visitor: 'bot', minutesAgo: 90, item: 'of-a-bot' }], {
      client: { device: 'bot', bot: true },
    });
    await bring(site, [
      { visitor: 'ada', minutesAgo: 100, item: 'kept' },
      { visitor: 'no', minutesAgo: 200, item: 'of-one-who-refuses' },
      { visitor: 'no', minutesAgo: 100, ...refuses },
      { visitor: 'again', minutesAgo: 200, item: 'of-one-who-agrees-again' },
      { visitor: 'again', minutesAgo: 100, ...refuses },
      { visitor: 'again', minutesAgo: 50, ...grants },
      { visitor: 'never', minutesAgo: 60, item: 'without', more: { consent: ['analytics'] } },
      { visitor: 'erased', minutesAgo: 300, item: 'of-one-erased' },
      { visitor: 'erased', minutesAgo: 65, item: 'just-before-the-erasure' },
      { visitor: 'erased', minutesAgo: 55, item: 'just-after-the-erasure' },
      { visitor: 'erased', minutesAgo: 5, item: 'after-the-erasure' },
      { visitor: 'shared', minutesAgo: 300, item: 'of-a-part', more: { userId: 'eve' } },
      { visitor: 'shared', minutesAgo: 120, item: 'of-another-part', more: { userId: 'bob' } },
    ]);
    await begin(site, { acceptCounts: true });
    const remember = env.DB.prepare('INSERT INTO erased_ledgers (site, hash, erased_at) VALUES (?, ?, ?)');
    const at = Date.now() - 60 * MINUTE_MS;
    // The lake still holds their events: the build has begun before these are written down, and looks at erasures from its beginning on.
    await env.DB.prepare("UPDATE session_indexes SET build = json_set(build, '$.erasuresFrom', ?) WHERE site = ?")
      .bind(at, site.id)
      .run();
    await env.DB.batch([
      remember.bind(site.id, ledgers[0], at),
      remember.bind(site.id, hashPart(String(ledgers[1]), 'eve'), at),
    ]);
    await goOn(env, site.id, later());
    expect(await itemsOf(await servingShards(env, site.id))).toEqual([
      'after-the-erasure',
      'just-after-the-erasure',
      'kept',
      'of-another-part',
      'of-one-who-agrees-again',
    ]);
  });

  it('loses again what it took while its person was being erased', async ({ expect }) => {
    const site = await makeSite();
    await bring(site, [
      { visitor: 'ada', minutesAgo: 100, item: 'kept' },
      { visitor: 'eve', minutesAgo: 100, item: 'erased' },
    ]);
    await begin(site, { acceptCounts: true });
    const erasing = env.DB.prepare('INSERT OR IGNORE INTO erased_ledgers (site, hash, erased_at) VALUES (?, ?, ?)');
    // The erasure is written down after the sessions were read, and has emptied the shards before they come.
    const slow = (stub: ShardStub) =>
      new Proxy(stub, {
        get: (target, name) => {
          const methods = target as never as Record<PropertyKey, (...given: unknown[]) => unknown>;
          if (name === 'then') return undefined;
          if (name !== 'apply') return (...given: unknown[]) => methods[name]?.(...given);
          return async (batch: Parameters<ShardStub['apply']>[0]) => {
            await erasing.bind(site.id, hashLedger(site.id, deviceLedger('eve')), Date.now()).run();
            return target.apply(batch);
          };
        },
      });
    const namespace = env.SESSION_INDEX;
    const late: Env = {
      ...env,
      SESSION_INDEX: {
        idFromName: (name: string) => namespace.idFromName(name),
        get: (id: DurableObjectId) => slow(namespace.get(id)),
      } as unknown as Env['SESSION_INDEX'],
    };
    await goOn(late, site.id, later());
    expect(await itemsOf(await servingShards(env, site.id))).toEqual(['kept']);
  });

  it('loses a person who is erased when it has his sessions already, as does one that serves no more', async ({
    expect,
  }) => {
    const site = await makeSite();
    await bring(site, [...someVisits(), { visitor: 'eve', minutesAgo: 690, item: 'of-eve' }]);
    await begin(site, { shards: 2 });
    await goOn(env, site.id, later());
    const build = await begin(site, { shards: 3 });
    for (let run = 0; run < 6; run += 1) await goOn(env, site.id, 0);
    const { retired } = await readIndex(env, site.id);
    const generations = [build, ...retired].map((generation) => shardStubs(env, site.id, generation));
    for (const stubs of generations) expect(await itemsOf(stubs)).toContain('of-eve');
    const erased = await send('/api/devices/eve', {
      method: 'DELETE',
      headers: { authorization: `Bearer ${site.secretKey}` },
    });
    expect(await erased.json()).toMatchObject({ state: 'done' });
    for (const stubs of generations) expect(await itemsOf(stubs)).not.toContain('of-eve');
    expect((await goOn(env, site.id, later())).outcome).toMatchObject({ result: 'swapped', shards: 3 });
    expect(await itemsOf(await servingShards(env, site.id))).not.toContain('of-eve');
  });

  it('does not serve when it has lost half of the sessions, unless somebody says so', async ({ expect }) => {
    const site = await makeSite();
    await bring(site, someVisits());
    const { generation } = await readIndex(env, site.id);
    const build = await begin(site);
    // Half of what the lake holds is gone when the build has just begun to read it.
    for (let run = 0; run < 3; run += 1) await goOn(env, site.id, 0);
    await env.DB.prepare('DELETE FROM lake_partitions WHERE site = ? AND hour < ?')
      .bind(site.id, Math.floor(Date.now() / HOUR_MS) - 4)
      .run();
    const refused = await goOn(env, site.id, later());
    expect(refused).toMatchObject({ generation, build: undefined });
    expect(refused.outcome).toMatchObject({ result: 'refused', sessionsBefore: 24 });
    expect(refused.retired).toMatchObject([{ generation: build.generation }]);
    await begin(site, { acceptCounts: true });
    expect((await goOn(env, site.id, later())).outcome).toMatchObject({ result: 'swapped', sessionsBefore: 24 });
  });

  it('is dropped once it serves no more and nobody calls it', async ({ expect }) => {
    const site = await makeSite();
    await bring(site, someVisits());
    const before = await readIndex(env, site.id);
    await begin(site, { shards: 2 });
    await buildIndexes(env, aRun());
    expect((await readIndex(env, site.id)).retired).toMatchObject([{ generation: before.generation }]);
    const holds = (stub: ShardStub) =>
      runInDurableObject(
        stub,
        (_, { storage }) => [...storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'changes'")].length,
      );
    const [old] = shardStubs(env, site.id, before);
    await dropRetired(env, site.id, Date.now());
    expect(await holds(old as ShardStub)).toBe(1);
    await dropRetired(env, site.id, Date.now() + HOUR_MS);
    expect(await holds(old as ShardStub)).toBe(0);
    expect((await readIndex(env, site.id)).retired).toEqual([]);
    expect(await itemsOf(await servingShards(env, site.id))).toHaveLength(11);
  });

  it('takes the place of the index of a site from before, whose shards have no generation in their names', async ({
    expect,
  }) => {
    const site = await makeSite();
    await env.DB.prepare('INSERT INTO session_indexes (site, generation, shards) VALUES (?, 0, NULL)')
      .bind(site.id)
      .run();
    await bring(site, someVisits());
    const first = env.SESSION_INDEX.get(env.SESSION_INDEX.idFromName(`${site.id}/0`));
    expect((await first.summary(Date.now(), 0)).counts.length).toBeGreaterThan(0);
    const blocks = await blocksOf(site);
    await begin(site);
    expect((await goOn(env, site.id, later())).generation).toBeGreaterThan(0);
    expect(await blocksOf(site)).toEqual(blocks);
  });
});

describe('/api/model/index', () => {
  const ask = (site: TestSite, path = '', method = 'GET', body?: object) =>
    send(`/api/model/index${path}`, {
      method,
      headers: { authorization: `Bearer ${site.secretKey}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
  interface Described {
    readonly build?: object;
    readonly lastBuild?: object;
  }

  it('begins a build, goes on with it and tells what came of it', async ({ expect }) => {
    const site = await makeSite();
    await bring(site, someVisits());
    await published(site);
    const asked = await ask(site, '/rebuild', 'POST', { shards: 3 });
    expect(asked.status).toBe(202);
    expect(await asked.json()).toMatchObject({ shards: 4, build: { shards: 3, stage: 'settle', sessions: 0 } });
    expect((await ask(site, '/rebuild/resume', 'POST')).status).toBe(202);
    await begin(site, { shards: 3 });
    const resumed = await ask(site, '/rebuild/resume', 'POST');
    expect(resumed.status).toBe(200);
    const told = await resumed.json<Described>();
    expect(told).toMatchObject({ shards: 3, lastBuild: { result: 'swapped', shards: 3, sessions: 24 } });
    expect(told.build).toBeUndefined();
    expect(await (await ask(site)).json()).toEqual(told);
  });

  it('is not done with a build as long as another run is at it', async ({ expect }) => {
    const site = await makeSite();
    const lease = await takeLease(env, `index ${site.id}`, 'another', Date.now(), MINUTE_MS);
    expect((await ask(site, '/rebuild/resume', 'POST')).status).toBe(202);
    await lease?.release();
    expect((await ask(site, '/rebuild/resume', 'POST')).status).toBe(200);
  });

  it('gives a build up, by wish or for another one', async ({ expect }) => {
    const site = await makeSite();
    await bring(site, someVisits(3));
    expect((await ask(site, '/rebuild', 'DELETE')).status).toBe(409);
    await ask(site, '/rebuild', 'POST', { shards: 3 });
    expect(await (await ask(site, '/rebuild', 'POST', { shards: 5 })).json()).toMatchObject({
      build: { shards: 5 },
      lastBuild: { result: 'abandoned', shards: 3 },
    });
    expect(await (await ask(site, '/rebuild', 'DELETE')).json()).toMatchObject({ lastBuild: { shards: 5 } });
    expect((await ask(site, '/rebuild/resume', 'POST')).status).toBe(200);
  });

  it.for([{ shards: 0 }, { shards: 65 }, { shards: '4' }, { shard: 4 }, { accept: 'all' }])(
    'refuses %j',
    async (body, { expect }) => {
      const answer = await ask(await makeSite(), '/rebuild', 'POST', body);
      expect(answer.status).toBe(400);
    },
  );
});
