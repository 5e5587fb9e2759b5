import { env } from 'cloudflare:workers';
import { icebergManifests, icebergMetadata, icebergRead } from 'icebird';
import { afterEach, beforeEach, describe, it, vi } from 'vitest';
import { fieldId } from '../../core/lake/columns.ts';
import { DAY_MS, HOUR_MS } from '../../core/time.ts';
import { compactSite } from '../../jobs/compact/compact-site.ts';
import { sweepFiles, sweepLake } from '../../jobs/compact/sweep-lake.ts';
import { hintKey, publishedTable, publishTable, tableLocation } from '../../stores/lake/iceberg-table.ts';
import { readManifest } from '../../stores/lake/manifest.ts';
import { answerAsS3 } from './bucket-as-s3.ts';
import { deliver, makeMessage } from './deliver.ts';
import { dyingAfter } from './dying.ts';
import { eventually } from './eventually.ts';
import { makeEvent, makeSite, postEvents, send, type TestSite } from './site.ts';
import { rowsWith, sizesOf } from './stores.ts';

const compact = (site: string, bindings: Env = env) =>
  compactSite(bindings, site, Number.POSITIVE_INFINITY, Date.now() + 60_000);
const urlOf = (site: string) => tableLocation(env, site) ?? '';

// The reader fetches from the bucket, which answers as S3 does.
beforeEach(() => {
  vi.stubGlobal('fetch', answerAsS3);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const rowsOf = async (site: string) => icebergRead({ tableUrl: urlOf(site) });
const idsOf = async (site: string) => (await rowsOf(site)).map(({ ledger, event_id: id }) => `${ledger}/${id}`).sort();
/** A message whose events happened some hours ago. */
const messageAt = (site: string, visitor: string, ids: string[], hoursAgo: number) => {
  const message = makeMessage(site, visitor, ids);
  for (const event of message.events) event.time -= hoursAgo * HOUR_MS;
  return message;
};

/** The bound of a column, as the reader gives it: pairs of number and bytes. */
const boundOf = (bounds: unknown, id: number) =>
  (bounds as { key: number; value: Uint8Array }[]).find(({ key }) => key === id)?.value ?? [];

/** Brings a view of so many days ago each, as history. */
async function bringHistory({ secretKey }: TestSite, daysAgo: readonly number[]): Promise<void> {
  const rows = daysAgo.map((days) => ({
    id: `${days}`,
    type: 'page_viewed',
    userId: 'ann',
    occurredAt: new Date(Date.now() - days * DAY_MS).toISOString(),
  }));
  const response = await send('/v/import', {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/x-ndjson' },
    body: rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
  });
  await response.text();
}

describe('the lake as an Iceberg table', () => {
  it('is read by a reader of others with every event once, its columns as they are, over hours and months', async ({
    expect,
  }) => {
    const made = await makeSite();
    const site = made.id;
    await publishTable(env, site);
    expect(await publishedTable(env, site)).toBeUndefined();
    const hours = [0, 1, 26];
    await deliver(hours.map((ago, at) => messageAt(site, `v${at}`, ['1', '2'], ago)));
    await bringHistory(made, [40, 41, 400, 401]);
    await compact(site);
    const recent = hours.flatMap((_, at) => [`a/v${at}/1`, `a/v${at}/2`]);
    expect(await idsOf(site)).toEqual([...recent, 'u/ann/400', 'u/ann/401', 'u/ann/40', 'u/ann/41'].sort());
    const row = (await rowsOf(site)).find(({ ledger }) => ledger === 'a/v0');
    expect(row).toMatchObject({ type: 'product_viewed', time: expect.any(Date), bot: false });
    const metadata = await icebergMetadata({ tableUrl: urlOf(site) });
    expect(metadata).toMatchObject({ 'format-version': 2, 'current-snapshot-id': 1, location: urlOf(site) });
    expect(metadata.snapshots).toHaveLength(1);
    expect(metadata.snapshots?.[0]?.summary).toMatchObject({ 'total-records': '10', 'total-data-files': '7' });
    const manifests = await icebergManifests(metadata);
    const entries = manifests.flatMap(({ entries: own }) => own);
    // Those of the same month share a manifest.
    expect(manifests.length).toBeLessThan(entries.length);
    for (const { data_file: file } of entries) {
      const hour = Number((file.partition as unknown as { time_hour: number }).time_hour);
      const first = new DataView(Uint8Array.from(boundOf(file.lower_bounds, fieldId('time'))).buffer);
      expect(Math.floor(Number(first.getBigInt64(0, true)) / 1_000 / HOUR_MS)).toBe(hour);
    }
  });

  it('leaves manifests of months without a change as they are, and has one snapshot after each commit', async ({
    expect,
  }) => {
    const made = await makeSite();
    const site = made.id;
    await bringHistory(made, [60]);
    await deliver([makeMessage(site, 'new', ['1'])]);
    await compact(site);
    const before = await publishedTable(env, site);
    await deliver([makeMessage(site, 'new', ['2'])]);
    await compact(site);
    const after = await publishedTable(env, site);
    expect(after?.manifests[0]).toEqual(before?.manifests[0]);
    expect(after?.manifests[1]?.path).not.toBe(before?.manifests[1]?.path);
    expect([after?.uuid, after?.commit]).toEqual([before?.uuid, 2]);
    expect(await idsOf(site)).toEqual(['a/new/1', 'a/new/2', 'u/ann/60']);
    expect((await icebergMetadata({ tableUrl: urlOf(site) })).snapshots).toHaveLength(1);
    // What is replaced is there as long as somebody may be reading it, and no longer.
    await sweepFiles(env, site, false, Date.now());
    for (const key of before?.parts ?? []) expect(await env.LAKE.head(key)).not.toBeNull();
    await sweepLake(env, Date.now() + 2 * HOUR_MS);
    await sweepFiles(env, site, false, Date.now() + 2 * HOUR_MS);
    const left = [...(await sizesOf(`events/site=${site}/metadata/`)).keys()].sort();
    expect(left).toEqual([hintKey(site), ...(after?.parts ?? [])].sort());
    expect(await idsOf(site)).toEqual(['a/new/1', 'a/new/2', 'u/ann/60']);
  });

  it('is the last good one wherever a run dies, and the next run’s is whole', async ({ expect }) => {
    const { id: site } = await makeSite();
    await deliver([messageAt(site, 'ada', ['1', '2'], 3), messageAt(site, 'bob', ['1'], 24 * 12)]);
    await compact(site);
    let known = await idsOf(site);
    let deaths = 0;
    for (const [name, method] of [
      ['LAKE', 'put'],
      ['DB', 'batch'],
      ['LAKE', 'get'],
    ] as const)
      for (let calls = 0; ; calls += 1) {
        const visitor = `${name}-${method}-${calls}`;
        await deliver([messageAt(site, visitor, ['1', '2'], 24 * 5 + calls), makeMessage(site, 'ada', [visitor])]);
        const survived = await compact(site, dyingAfter(calls, name, method)).then(
          () => true,
          () => false,
        );
        // Nobody sweeps what the table still names, however late it is.
        await sweepLake(env, Date.now() + 2 * HOUR_MS);
        const whole = [...known, `a/ada/${visitor}`, `a/${visitor}/1`, `a/${visitor}/2`].sort();
        const shown = await idsOf(site);
        expect([known.join(), whole.join()]).toContain(shown.join());
        await compact(site);
        known = await idsOf(site);
        expect(known).toEqual(whole);
        expect((await publishedTable(env, site))?.commit).toBe((await readManifest(env, site)).commit);
        if (survived) break;
        deaths += 1;
      }
    expect(deaths).toBeGreaterThan(10);
  });

  it('never goes back: of two that publish at once the newer is pointed to', async ({ expect }) => {
    const { id: site } = await makeSite();
    await deliver([makeMessage(site, 'ada', ['1'])]);
    await compact(site);
    // Somebody was slow: what he knows is older than what is pointed to.
    await env.LAKE.put(hintKey(site), '7');
    await deliver([makeMessage(site, 'ada', ['2'])]);
    await compact(site);
    expect(await (await env.LAKE.get(hintKey(site)))?.text()).toBe('7');
    await env.DB.prepare('UPDATE lake_tables SET commit_number = 1 WHERE site = ?').bind(site).run();
    await env.LAKE.put(hintKey(site), '1');
    const results = await Promise.allSettled([publishTable(env, site), publishTable(env, site)]);
    expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
    await publishTable(env, site);
    expect(await idsOf(site)).toEqual(['a/ada/1', 'a/ada/2']);
  });

  it('has nothing of an erased person, in no file that is left of it', async ({ expect }) => {
    const site = await makeSite();
    await postEvents(site, [
      makeEvent('stays', 'product_viewed', { product_id: 'hat' }),
      makeEvent('goes-for-ever', 'order_completed', { order_id: 'telling-order', total: 777.25, currency: 'CHF' }),
    ]);
    await eventually(async () => {
      await compact(site.id);
      expect(await rowsOf(site.id)).toHaveLength(2);
    });
    const before = await publishedTable(env, site.id);
    const headers = { authorization: `Bearer ${site.secretKey}` };
    await send('/api/devices/goes-for-ever', { method: 'DELETE', headers });
    await eventually(async () => {
      await send('/api/lake/compact', { method: 'POST', headers });
      expect((await rowsOf(site.id)).map(({ ledger }) => ledger)).toEqual(['a/stays']);
    });
    const gone = before?.parts.filter((key) => !key.endsWith('hint.text')) ?? [];
    const after = await publishedTable(env, site.id);
    for (const key of gone) if (!after?.parts.includes(key)) expect(await env.LAKE.head(key)).toBeNull();
    expect(await rowsWith(site.id, 'goes-for-ever')).toEqual([]);
    expect(await rowsWith(site.id, 'telling-order')).toEqual([]);
  });

  it('is not made where no bucket is named, and nothing waits for it then', async ({ expect }) => {
    const { id: site } = await makeSite();
    const without = { ...env, LAKE_LOCATION: '' } as unknown as Env;
    await deliver([makeMessage(site, 'ada', ['1'])]);
    await compact(site);
    await deliver([makeMessage(site, 'ada', ['2'])]);
    await compact(site, without);
    expect(await publishedTable(env, site)).toBeUndefined();
    await sweepLake(without, Date.now() + 2 * HOUR_MS);
    const { results } = await env.DB.prepare('SELECT key FROM lake_garbage WHERE site = ?').bind(site).all();
    expect(results).toEqual([]);
  });
});
