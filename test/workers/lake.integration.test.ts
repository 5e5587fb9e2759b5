import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import type { RawEvent } from '../../core/lake/raw-object.ts';
import { DAY_MS, HOUR_MS } from '../../core/time.ts';
import { compactSite } from '../../jobs/compact/compact-site.ts';
import { compactSites } from '../../jobs/compact/compact-sites.ts';
import { sweepFiles, sweepLake } from '../../jobs/compact/sweep-lake.ts';
import { readManifest } from '../../stores/lake/manifest.ts';
import { readParquet } from '../../stores/lake/parquet-files.ts';
import { CommitConflict, commit, commitNumber, listPartitions } from '../../stores/lake/partitions.ts';
import { deliver, makeMessage } from './deliver.ts';
import { dyingAfter } from './dying.ts';
import { eventually } from './eventually.ts';
import { aRun, makeSite, send, type TestSite } from './site.ts';
import { lakeOf, rowsWith } from './stores.ts';

const ALL = Number.POSITIVE_INFINITY;
const soon = () => Date.now() + 60_000;
const compact = (site: string, before = ALL) => compactSite(env, site, before, soon());
const secret = (site: TestSite) => ({ authorization: `Bearer ${site.secretKey}` });

/** Ids in the current Parquet files of a site, with their ledgers, sorted. */
async function compactedIds(site: string): Promise<string[]> {
  const { files } = await readManifest(env, site);
  const rows = await Promise.all(files.map(({ key }) => readParquet(env, key)));
  return rows
    .flat()
    .map((row) => `${row.ledger}/${row.event_id}`)
    .sort();
}

const idsOf = (events: RawEvent[]) => [...new Set(events.map(({ ledger, id }) => `${ledger}/${id}`))].sort();

describe('compaction', () => {
  it('ends where events come without a pause, with all that was there when it began', async ({ expect }) => {
    const { id: site } = await makeSite();
    await deliver([makeMessage(site, 'ada', ['1', '2'])]);
    const began = Date.now();
    await scheduler.wait(5);
    let came = 0;
    const busy = new Proxy(env.LAKE, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property);
        if (typeof value !== 'function') return value;
        if (property !== 'list') return value.bind(target);
        return async (...args: unknown[]) => {
          came += 1;
          if (came > 20) throw new Error('it goes on for ever');
          await deliver([makeMessage(site, `visitor-${came}`, ['1'])]);
          return Reflect.apply(value, target, args);
        };
      },
    });
    const { done, events } = await compactSite({ ...env, LAKE: busy }, site, ALL, soon(), began);
    expect({ done, events }).toEqual({ done: true, events: 2 });
    expect(await compactedIds(site)).toEqual(['a/ada/1', 'a/ada/2']);
  });

  it('brings every event of the raw objects into its hour, once', async ({ expect }) => {
    const { id: site } = await makeSite();
    const early = makeMessage(site, 'ada', ['1', '2']);
    for (const event of early.events) event.time -= 5 * HOUR_MS;
    await deliver([early, makeMessage(site, 'bob', ['1'])]);
    // The same message in another company: the raw object has another name and holds it again.
    await deliver([early, makeMessage(site, 'cleo', ['1'])]);
    expect((await lakeOf(site)).length).toBe(6);
    expect(await compact(site)).toMatchObject({ done: true, objects: 2, events: 6 });
    expect(await compactedIds(site)).toEqual(['a/ada/1', 'a/ada/2', 'a/bob/1', 'a/cleo/1']);
    const { files } = await readManifest(env, site);
    expect(new Set(files.map(({ hour }) => hour)).size).toBe(2);
    expect(await compact(site)).toMatchObject({ done: true, objects: 0 });
  });

  it('opens an hour again for what comes late, and leaves the file of before to the sweep', async ({ expect }) => {
    const { id: site } = await makeSite();
    await deliver([makeMessage(site, 'ada', ['1'])]);
    await compact(site);
    const before = (await readManifest(env, site)).files.map(({ key }) => key);
    await deliver([makeMessage(site, 'ada', ['late'])]);
    await compact(site);
    expect(await compactedIds(site)).toEqual(['a/ada/1', 'a/ada/late']);
    for (const key of before) expect(await env.LAKE.head(key)).not.toBeNull();
    await sweepLake(env, Date.now() + 2 * DAY_MS);
    for (const key of before) expect(await env.LAKE.head(key)).toBeNull();
    expect(await lakeOf(site)).toEqual([]);
    expect(await compactedIds(site)).toEqual(['a/ada/1', 'a/ada/late']);
  });

  it('ends as if it had never died, wherever it dies', async ({ expect }) => {
    const { id: site } = await makeSite();
    const hours = [0, 1, 2].map((n) => {
      const message = makeMessage(site, `v${n}`, ['1', '2', '3']);
      for (const event of message.events) event.time -= n * HOUR_MS;
      return message;
    });
    await deliver(hours);
    const ids = idsOf(await lakeOf(site));
    for (const [calls, name, method] of [
      [0, 'LAKE', 'get'],
      [0, 'LAKE', 'put'],
      [1, 'LAKE', 'put'],
      [2, 'LAKE', 'put'],
      [0, 'DB', 'batch'],
      [3, 'LAKE', 'put'],
    ] as const) {
      await expect(compactSite(dyingAfter(calls, name, method), site, ALL, soon())).rejects.toThrow('died');
    }
    await compact(site);
    expect(await compactedIds(site)).toEqual(ids);
  });

  it('leaves nothing of who was erased in files of a run that died, and what is under way then begins anew', async ({
    expect,
  }) => {
    const made = await makeSite();
    const site = made.id;
    await deliver([makeMessage(site, 'goes-for-ever', ['1', '2']), makeMessage(site, 'stays', ['1'])]);
    await expect(compactSite(dyingAfter(0, 'DB', 'batch'), site, ALL, soon())).rejects.toThrow('died');
    expect(await rowsWith(site, 'goes-for-ever')).not.toEqual([]);
    await send('/api/devices/goes-for-ever', { method: 'DELETE', headers: secret(made) });
    await eventually(async () => {
      await (await send('/api/lake/compact', { method: 'POST', headers: secret(made) })).text();
      expect(await rowsWith(site, 'goes-for-ever')).toEqual([]);
    });
    expect(await compactedIds(site)).toEqual(['a/stays/1']);

    await deliver([makeMessage(site, 'stays', ['2'])]);
    // Somebody sweeps when the files of a run are written, and before it commits.
    const swept = new Proxy(env.DB, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property);
        if (typeof value !== 'function') return value;
        if (property !== 'batch') return value.bind(target);
        return async (...args: unknown[]) => {
          await sweepFiles(env, site, true, Date.now());
          return Reflect.apply(value, target, args);
        };
      },
    });
    await expect(compactSite({ ...env, DB: swept }, site, ALL, soon())).rejects.toThrow(CommitConflict);
    await compact(site);
    expect(await compactedIds(site)).toEqual(['a/stays/1', 'a/stays/2']);
    expect(await sweepFiles(env, site, true, Date.now())).toBe(true);
    expect(await compactedIds(site)).toEqual(['a/stays/1', 'a/stays/2']);
  });

  it('lets one of two at the same time commit, and the other begin anew', async ({ expect }) => {
    const { id: site } = await makeSite();
    await deliver([makeMessage(site, 'ada', ['1'])]);
    const after = await commitNumber(env, site);
    await compact(site);
    const change = { partitions: [], objects: [], replaced: [] };
    await expect(commit(env, site, after, change, Date.now())).rejects.toThrow(CommitConflict);
    expect(await compactedIds(site)).toEqual(['a/ada/1']);
  });

  it('cuts an hour into more files when it grows', async ({ expect }) => {
    const { id: site } = await makeSite();
    const many = (from: number, count: number) =>
      Array.from({ length: count }, (_, n) =>
        makeMessage(
          site,
          `v${from + n}`,
          Array.from({ length: 450 }, (_, i) => `${i}`),
        ),
      );
    const hour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - HOUR_MS;
    for (const from of [0, 24]) {
      const messages = many(from, 24);
      for (const message of messages) for (const event of message.events) event.time = hour + (event.time % 1_000);
      await deliver(messages);
      await compact(site);
    }
    const { files } = await readManifest(env, site);
    expect(files.length).toBe(2);
    expect(files.reduce((sum, { rows }) => sum + rows, 0)).toBe(48 * 450);
    expect(new Set(await compactedIds(site)).size).toBe(48 * 450);
  });

  it('takes an hour by itself once it is over', async ({ expect }) => {
    const { id: site } = await makeSite();
    await deliver([makeMessage(site, 'ada', ['1'])]);
    await compactSites(env, aRun(Date.now()));
    expect(await compactedIds(site)).toEqual([]);
    await compactSites(env, aRun(Date.now() + HOUR_MS + 6 * 60_000));
    expect(await compactedIds(site)).toEqual(['a/ada/1']);
  });

  it('loses who was erased, from the raw objects at once and from the files with the next run', async ({ expect }) => {
    const site = await makeSite();
    await deliver([makeMessage(site.id, 'ada', ['1']), makeMessage(site.id, 'bob', ['1'])]);
    await compact(site.id);
    await deliver([makeMessage(site.id, 'ada', ['2']), makeMessage(site.id, 'bob', ['2'])]);
    await send('/api/devices/ada', { method: 'DELETE', headers: secret(site) });
    expect(idsOf(await lakeOf(site.id))).toEqual(['a/bob/1', 'a/bob/2']);
    const answer = await send('/api/lake/compact', { method: 'POST', headers: secret(site) });
    expect(await answer.json()).toMatchObject({ done: true });
    expect(await compactedIds(site.id)).toEqual(['a/bob/1', 'a/bob/2']);
    const { objects } = await env.LAKE.list({ prefix: `events/site=${site.id}/` });
    const parquet = objects.filter(({ key }) => key.endsWith('.parquet'));
    expect(parquet.map(({ key }) => key).sort()).toEqual(
      (await readManifest(env, site.id)).files.map(({ key }) => key),
    );
  });

  it('names every file of many years: what is not named would be swept', async ({ expect }) => {
    const { id: site } = await makeSite();
    const HOURS = 26_000;
    await env.DB.prepare(
      `WITH RECURSIVE hours (hour) AS (SELECT 1 UNION ALL SELECT hour + 1 FROM hours WHERE hour < ${HOURS})
       INSERT INTO lake_partitions (site, hour, files, rows, written_at)
       SELECT ?1, hour, json_array(json_object('key', 'k' || hour, 'shard', 0, 'shards', 1, 'rows', 1, 'bytes', 1, 'etag', 'e')), 1, 0
       FROM hours`,
    )
      .bind(site)
      .run();
    expect((await readManifest(env, site)).files).toHaveLength(HOURS);
    const hours = async (from?: number, to?: number, limit?: number) =>
      (await listPartitions(env, site, from, to, limit)).map(({ hour }) => hour);
    expect(await hours(4_999, 5_002)).toEqual([4_999, 5_000, 5_001, 5_002]);
    expect(await hours(10, undefined, 3)).toEqual([10, 11, 12]);
    expect((await hours(1, undefined, 7_000)).at(-1)).toBe(7_000);
    expect(await hours(HOURS + 1)).toEqual([]);
  }, 30_000);

  it('serves a site its own objects only', async ({ expect }) => {
    const [site, other] = [await makeSite(), await makeSite()];
    await deliver([makeMessage(site.id, 'ada', ['1'])]);
    const manifest = await (await send('/api/lake/manifest', { headers: secret(site) })).json<{
      raw: { key: string }[];
    }>();
    const key = manifest.raw[0]?.key ?? '';
    expect((await send(`/api/lake/objects/${key}`, { headers: secret(site) })).status).toBe(200);
    expect((await send(`/api/lake/objects/${key}`, { headers: secret(other) })).status).toBe(404);
    expect((await send(`/api/lake/objects/failed/x`, { headers: secret(site) })).status).toBe(404);
  });
});
