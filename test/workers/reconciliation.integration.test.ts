import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { contentFingerprint } from '../../core/events/fingerprint.ts';
import type { EventMessage } from '../../core/events/message.ts';
import type { RawEvent } from '../../core/lake/raw-object.ts';
import { encodeState } from '../../core/profile/encode-state.ts';
import { emptyState } from '../../core/profile/state.ts';
import type { Report } from '../../core/reconciliation/report.ts';
import { compactSite } from '../../jobs/compact/compact-site.ts';
import { reconcileSite } from '../../jobs/reconcile/reconcile-site.ts';
import { applyToProfiles } from '../../queues/events/apply-to-profiles.ts';
import { readManifest } from '../../stores/lake/manifest.ts';
import { listRaw, putRaw, readRaw } from '../../stores/lake/raw-objects.ts';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import { deliver, makeMessage } from './deliver.ts';
import { madeAgain } from './made-again.ts';
import { makeSite, send, type TestSite } from './site.ts';

const HOUR = 3_600_000;

/** A message whose events bear the fingerprint of what they say, each in an hour of its own. */
function honestMessage(site: string, device: string, ids: string[]): EventMessage {
  const message = makeMessage(site, device, ids);
  for (const [index, event] of message.events.entries()) {
    event.time -= index * HOUR;
    event.fingerprint = contentFingerprint({ ...event, anonymousId: device } as never);
  }
  return message;
}

/** A site with three batches of two visitors, written long enough ago to be no more under way. */
async function busySite(): Promise<TestSite> {
  const site = await makeSite();
  for (const n of [1, 2, 3])
    await deliver([
      honestMessage(site.id, 'ada', [`a${n}`, `b${n}`]),
      honestMessage(site.id, 'bob', [`a${n}`, `b${n}`, `c${n}`]),
    ]);
  await env.DB.prepare('UPDATE journal SET written_at = written_at - 600000 WHERE site = ?').bind(site.id).run();
  return site;
}

async function check(site: TestSite): Promise<Report> {
  // Spread evenly over 0 … 1 by the golden ratio: the sample reaches every file and ledger of so small a site.
  let drawn = 0;
  const random = () => {
    drawn += 1;
    return (drawn * 0.618_033_988_75) % 1;
  };
  const report = await reconcileSite(env, site.id, { deep: true, deadline: Date.now() + 60_000, random });
  if (!report) throw new Error('not finished');
  return report;
}

async function rawObjects(site: TestSite) {
  const found: { key: string; events: RawEvent[] }[] = [];
  for await (const { key } of listRaw(env, site.id))
    found.push({ key, events: (await readRaw(env, key))?.events ?? [] });
  return found;
}

const NOTHING = { verdict: 'ok', drift: [], altered: [], duplicated: [], objects: [], profiles: { differing: [] } };
const missingIn = ({ drift }: Report) => drift.flatMap(({ missing }) => missing.ids).sort();
const idsIn = (events: readonly RawEvent[]) => events.map(({ id }) => id).sort();

describe('reconciliation', () => {
  it('takes a visitor who goes on meanwhile for neither right nor wrong, and finds what is wrong once he rests', async ({
    expect,
  }) => {
    const site = await busySite();
    const message = honestMessage(site.id, 'ada', ['later']);
    // Readers see an event before the consumer has it.
    await applyToProfiles(env, [message]);
    const [report] = await Promise.all([
      check(site),
      (async () => {
        await scheduler.wait(1_000);
        await deliver([message]);
      })(),
    ]);
    expect(report).toMatchObject({ verdict: 'ok', profiles: { compared: 1, differing: [] } });
    // What never comes to the lake is found.
    await applyToProfiles(env, [honestMessage(site.id, 'bob', ['lost'])]);
    expect(await check(site)).toMatchObject({ verdict: 'drift', profiles: { differing: [{ ledger: 'a/bob' }] } });
  });

  it('finds nothing where nothing is wrong, and has counted everything', async ({ expect }) => {
    const site = await busySite();
    const report = await check(site);
    expect(report).toMatchObject({ ...NOTHING, compared: { counted: 15, lake: 15 }, profiles: { compared: 2 } });
    const read = await send('/api/reconciliation', { headers: { authorization: `Bearer ${site.secretKey}` } });
    expect(await read.json()).toEqual(report);
  });

  it('names the hours, minutes and ids of a raw object that was removed before it was compacted', async ({
    expect,
  }) => {
    const site = await busySite();
    const [victim] = await rawObjects(site);
    await env.LAKE.delete(victim?.key ?? '');
    const report = await check(site);
    expect(report.verdict).toBe('drift');
    expect(missingIn(report)).toEqual(idsIn(victim?.events ?? []));
    expect(report.drift.map(({ drift }) => drift).reduce((a, b) => a + b, 0)).toBe(5);
    const minutes = new Set(
      victim?.events.map(({ time }) => new Date(Math.floor(time / 60_000) * 60_000).toISOString()),
    );
    expect(new Set(report.drift.flatMap(({ missing }) => missing.minutes))).toEqual(minutes);
    expect({ ...report, drift: [] }).toMatchObject({ altered: [], duplicated: [], objects: [] });
    // What their profiles counted and the lake lost.
    expect(report.profiles.differing.map(({ ledger }) => ledger).sort()).toEqual(['a/ada', 'a/bob']);
  });

  it('names them also when it was removed after that, though the lake has them still', async ({ expect }) => {
    const site = await busySite();
    await check(site);
    const [, victim] = await rawObjects(site);
    await env.LAKE.delete(victim?.key ?? '');
    const report = await check(site);
    expect(report).toMatchObject({ ...NOTHING, verdict: 'drift', objects: [{ key: victim?.key, fault: 'removed' }] });
    expect(report.objects[0]?.hours.flatMap(({ ids }) => ids).sort()).toEqual(idsIn(victim?.events ?? []));
  });

  it('tells what stands twice in the raw lake, and counts it once', async ({ expect }) => {
    const site = await busySite();
    const [original] = await rawObjects(site);
    await putRaw(env, original?.key.replace(/\/(\w+)\.ndjson/, '/copy.ndjson') ?? '', original?.events ?? []);
    const report = await check(site);
    expect(report).toMatchObject({ ...NOTHING, duplicated: expect.any(Array), compared: { lake: 15 } });
    expect(report.duplicated.flatMap(({ ids }) => ids).sort()).toEqual(idsIn(original?.events ?? []));
  });

  it('names what was altered: what an event says, its type, its id', async ({ expect }) => {
    const site = await busySite();
    const [first, second, third] = await rawObjects(site);
    const alter = async (object: typeof first, change: Partial<RawEvent>) => {
      const [event, ...others] = object?.events ?? [];
      await putRaw(env, object?.key ?? '', [{ ...event, ...change } as RawEvent, ...others]);
      return event?.id;
    };
    const said = await alter(first, { properties: { product_id: 'dearer' } });
    const typed = await alter(second, { type: 'product_added' });
    const named = await alter(third, { id: 'nobody' });
    const report = await check(site);
    expect(report.altered.flatMap(({ ids }) => ids).sort()).toEqual([said, typed].sort());
    expect(missingIn(report)).toEqual([typed, named].sort());
    expect(report.drift.flatMap(({ unexpected }) => unexpected.ids).sort()).toEqual([typed, 'nobody'].sort());
  });

  it('finds a rollup that is wrong, and a Parquet file that was removed', async ({ expect }) => {
    const site = await busySite();
    await env.DB.prepare("UPDATE rollups SET events = events + 2 WHERE site = ? AND type = 'product_viewed'")
      .bind(site.id)
      .run();
    const report = await check(site);
    expect(report.drift).toHaveLength(3);
    for (const cell of report.drift) expect(cell).toMatchObject({ drift: 2, unexplained: 2, missing: { events: 0 } });
    const [cell] = report.drift;
    const repaired = await send('/api/reconciliation/repair', {
      method: 'POST',
      headers: { authorization: `Bearer ${site.secretKey}` },
      body: JSON.stringify({ hour: cell?.hour, type: 'product_viewed' }),
    });
    expect(await repaired.json()).toMatchObject({ before: (cell?.lake ?? 0) + 2, after: cell?.lake });
    expect((await check(site)).drift).toHaveLength(2);
    const [file] = (await readManifest(env, site.id)).files;
    await env.LAKE.delete(file?.key ?? '');
    expect((await check(site)).objects).toMatchObject([{ key: file?.key, fault: 'removed' }]);
  });

  it('finds a profile that is not what its events make, and makes it again', async ({ expect }) => {
    const site = await busySite();
    const stub = profileStub(env, site.id, 'a/bob');
    const before = await stub.exportState();
    const other = encodeState({ ...emptyState(), firstAt: Date.now(), lastAt: Date.now() });
    await stub.restore(await madeAgain(site.id, other));
    expect((await check(site)).profiles.differing).toEqual([{ ledger: 'a/bob', events: 9 }]);
    await send('/api/reconciliation/repair', {
      method: 'POST',
      headers: { authorization: `Bearer ${site.secretKey}` },
      body: JSON.stringify({ anonymousId: 'bob' }),
    });
    expect(await stub.exportState()).toBe(before);
    expect(await check(site)).toMatchObject(NOTHING);
  });

  it('takes neither what is under way nor what was erased for drift', async ({ expect }) => {
    const site = await busySite();
    await compactSite(env, site.id, Number.POSITIVE_INFINITY, Date.now() + 60_000);
    await send('/api/devices/ada', { method: 'DELETE', headers: { authorization: `Bearer ${site.secretKey}` } });
    await send('/api/lake/compact', { method: 'POST', headers: { authorization: `Bearer ${site.secretKey}` } });
    await deliver([honestMessage(site.id, 'eve', ['late'])]);
    let newest: string | undefined;
    for await (const { key } of listRaw(env, site.id))
      if ((await readRaw(env, key))?.events[0]?.id === 'late') newest = key;
    await env.LAKE.delete(newest ?? '');
    const report = await check(site);
    expect(report).toMatchObject({ ...NOTHING, excused: 7 });
  });
});
