import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { encodeAttributes } from '../../core/attributes/encode-attributes.ts';
import type { EnrichedEvent } from '../../core/events/message.ts';
import { deviceLedger, type Ledger } from '../../core/identity/ledger.ts';
import { MINUTE_MS } from '../../core/time.ts';
import { backfillSites } from '../../jobs/backfill/backfill-sites.ts';
import { forgetDefinitions, siteDefinitions } from '../../stores/config/definitions.ts';
import { endFill, FillOvertaken, readFill, writeFill } from '../../stores/config/history-fill.ts';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import { deliver, makeMessage } from './deliver.ts';
import { dyingAfter } from './dying.ts';
import { makeSite, send, type TestSite } from './site.ts';

const secret = (site: TestSite) => ({ authorization: `Bearer ${site.secretKey}`, 'content-type': 'application/json' });
const put = async (site: TestSite, path: string, body: object) => {
  const answer = await send(`/api/${path}`, { method: 'PUT', headers: secret(site), body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
};
const VIEWS = { event: 'product_viewed', aggregate: 'count', window: '30d' };

/** As if a definition had been in force since then. */
async function inForceSince(site: TestSite, name: string, since: number): Promise<void> {
  for (const table of ['attributes', 'segments'])
    await env.DB.prepare(`UPDATE ${table} SET since = ? WHERE site = ? AND name = ?`).bind(since, site.id, name).run();
  forgetDefinitions(site.id);
}

/** A site whose attribute `always` was there before the first event, and `later`, the same one, since three minutes ago. */
async function siteWithLater(): Promise<TestSite> {
  const site = await makeSite();
  await put(site, 'attributes/always', VIEWS);
  await inForceSince(site, 'always', 0);
  return site;
}
const define = async (site: TestSite) => {
  await put(site, 'attributes/later', VIEWS);
  await inForceSince(site, 'later', Date.now() - 3 * MINUTE_MS);
};

/** Views of a device, so many minutes ago each. */
function views(site: TestSite, device: string, minutesAgo: readonly number[], more: Partial<EnrichedEvent> = {}) {
  const message = makeMessage(
    site.id,
    device,
    minutesAgo.map((minutes) => `${device}-${minutes}-${crypto.randomUUID()}`),
  );
  for (const [index, event] of message.events.entries())
    Object.assign(event, { time: Date.now() - (minutesAgo[index] ?? 0) * MINUTE_MS, ...more });
  return message;
}

const run = () => backfillSites(env, { now: Date.now(), deadline: Date.now() + 60_000 });
/** The next pass need not wait. */
const runAgain = async (site: TestSite) => {
  await env.DB.prepare("UPDATE history_fills SET fill = json_set(fill, '$.passAt', ?) WHERE site = ?")
    .bind(Date.now() - 2 * MINUTE_MS, site.id)
    .run();
  await run();
};
const historyOf = async (site: TestSite) => {
  const answer = await send('/api/attributes/later', { headers: secret(site) });
  return (await answer.json<{ history: { state: string } }>()).history.state;
};
async function both(site: TestSite, ledger: Ledger) {
  const { value } = await profileStub(env, site.id, ledger).readHere(await siteDefinitions(env, site.id));
  return [value.attributes.always?.value, value.attributes.later?.value];
}

describe('an attribute that is defined after the events', () => {
  it('is filled in from the lake, once, and is then what it would be from the beginning', async ({ expect }) => {
    const site = await siteWithLater();
    const devices = Array.from({ length: 12 }, (_, index) => `shopper-${index}`);
    for (const [index, device] of devices.entries())
      await deliver([
        views(site, device, [30 * 24 * 60 - 5, 3_000, 90, 5 + index].slice(0, (index % 4) + 1).concat(4)),
      ]);
    await define(site);
    // Late, for one who was there and one who was not.
    await deliver([views(site, 'shopper-0', [700]), views(site, 'newcomer', [700])]);
    expect(await historyOf(site)).toBe('waiting');
    await run();
    expect(await historyOf(site)).toBe('whole');
    const late = [views(site, 'shopper-0', [800]), views(site, 'newcomer', [800]), views(site, 'stranger', [900, 1])];
    await deliver(late);
    await deliver(late);
    for (const device of [...devices, 'newcomer', 'stranger']) {
      const [always, later] = await both(site, deviceLedger(device));
      expect(`${device} ${later}`).toBe(`${device} ${always}`);
    }
    // As if nothing of the run were known: who was given it has it.
    await env.DB.prepare("UPDATE attributes SET filled_at = NULL WHERE site = ? AND name = 'later'")
      .bind(site.id)
      .run();
    forgetDefinitions(site.id);
    await run();
    for (const device of [...devices, 'newcomer']) {
      const [always, later] = await both(site, deviceLedger(device));
      expect(`${device} ${later}`).toBe(`${device} ${always}`);
    }
  });

  it('waits for what a profile has counted and the lake does not hold yet', async ({ expect }) => {
    const site = await siteWithLater();
    const [one, two] = [views(site, 'ada', [60]), views(site, 'ada', [50])];
    await deliver([one]);
    await profileStub(env, site.id, 'a/ada').apply([two], { definitions: await siteDefinitions(env, site.id) });
    await define(site);
    await run();
    expect(await historyOf(site)).toBe('filling');
    expect(await both(site, 'a/ada')).toEqual([2, undefined]);
    // Of two runs that have read the same, the second writes nothing down.
    const held = await readFill(env, site.id);
    if (!held) throw new Error('nothing is under way');
    await writeFill(env, site.id, held.text, { ...held.fill, filled: held.fill.filled + 1 });
    await expect(writeFill(env, site.id, held.text, held.fill)).rejects.toThrow(FillOvertaken);
    await expect(writeFill(env, site.id, undefined, held.fill)).rejects.toThrow(FillOvertaken);
    await expect(endFill(env, site.id, held.text, [], Date.now())).rejects.toThrow(FillOvertaken);
    await deliver([two]);
    await runAgain(site);
    expect(await historyOf(site)).toBe('whole');
    expect(await both(site, 'a/ada')).toEqual([2, 2]);
  });

  it('counts what came while it was filled in for somebody of whom the lake knew nothing', async ({ expect }) => {
    const site = await siteWithLater();
    await define(site);
    const late = views(site, 'ada', [60]);
    const stub = profileStub(env, site.id, 'a/ada');
    await stub.apply([late], { definitions: await siteDefinitions(env, site.id) });
    expect(await both(site, 'a/ada')).toEqual([1, undefined]);
    await run();
    expect(await historyOf(site)).toBe('whole');
    await deliver([late]);
    expect(await both(site, 'a/ada')).toEqual([1, 1]);
    await deliver([views(site, 'ada', [70])]);
    expect(await both(site, 'a/ada')).toEqual([2, 2]);
  });

  it('is filled in exactly over runs that die anywhere', async ({ expect }) => {
    const deaths = [
      ...[0, 1, 2, 3, 4].map((after) => [after, 'DB', 'batch'] as const),
      ...[0, 1, 2, 3].map((after) => [after, 'LAKE', 'get'] as const),
    ];
    for (const [after, name, method] of deaths) {
      const death = `${name}.${method} after ${after}`;
      const site = await siteWithLater();
      for (const device of ['ada', 'bob', 'cy']) await deliver([views(site, device, [100, 60, 4])]);
      await define(site);
      await backfillSites(dyingAfter(after, name, method), { now: Date.now(), deadline: Date.now() + 60_000 }).catch(
        () => undefined,
      );
      forgetDefinitions(site.id);
      await deliver([views(site, 'ada', [80])]);
      await run();
      if ((await historyOf(site)) !== 'whole') await runAgain(site);
      expect(await historyOf(site)).toBe('whole');
      for (const device of ['ada', 'bob', 'cy']) {
        const [always, later] = await both(site, deviceLedger(device));
        expect(`${death}: ${device} ${later}`).toBe(`${death}: ${device} ${always}`);
      }
    }
  });

  it('moves the segments that it decides, also of a person with several devices', async ({ expect }) => {
    const site = await siteWithLater();
    await deliver([views(site, 'phone', [100]), views(site, 'desk', [90])]);
    for (const [version, ledger] of [
      [1, 'a/phone'],
      [2, 'a/desk'],
    ] as const)
      await profileStub(env, site.id, ledger).assign({ v: 1, person: 'u/eve', version });
    await define(site);
    await put(site, 'segments/keen', { condition: 'attributes.later >= 2' });
    await inForceSince(site, 'keen', 0);
    const segments = async () => {
      const { value } = await profileStub(env, site.id, 'u/eve').readHere(await siteDefinitions(env, site.id));
      return Object.keys(value.segments);
    };
    expect(await segments()).toEqual([]);
    await run();
    expect(await segments()).toEqual(['keen']);
  });

  it('gives nothing back to who was erased, and leaves out who refused', async ({ expect }) => {
    const site = await siteWithLater();
    await deliver([
      views(site, 'ada', [100]),
      views(site, 'bob', [100]),
      views(site, 'cy', [100], { consent: ['analytics'] }),
    ]);
    await define(site);
    await send('/api/devices/ada', { method: 'DELETE', headers: secret(site) });
    await deliver([views(site, 'ada', [0])]);
    await run();
    expect(await historyOf(site)).toBe('whole');
    expect(await both(site, 'a/ada')).toEqual([1, 1]);
    expect(await both(site, 'a/bob')).toEqual([1, 1]);
    expect(await both(site, 'a/cy')).toEqual([undefined, undefined]);
  });

  it('is not taken from a reading that is older than an erasure, though somebody has come since', async ({
    expect,
  }) => {
    const site = await siteWithLater();
    await define(site);
    await deliver([views(site, 'ada', [100])]);
    const readAt = Date.now();
    await send('/api/devices/ada', { method: 'DELETE', headers: secret(site) });
    await deliver([views(site, 'ada', [0])]);
    const definitions = await siteDefinitions(env, site.id);
    if (!definitions) throw new Error('nobody can say what is defined');
    const stub = profileStub(env, site.id, 'a/ada');
    const call = { v: 1, definitions, from: Date.now(), states: encodeAttributes(new Map()), accept: true } as const;
    const attributes = [{ name: 'later', version: 1, events: 0 }];
    expect(await stub.fillHistory({ ...call, readAt, attributes })).toEqual(['gone']);
    expect(await stub.fillHistory({ ...call, readAt: Date.now() + 1, attributes })).toEqual(['filled']);
  });

  it('loses what was of a user who is erased from a device that others use, as his segments do', async ({ expect }) => {
    const site = await siteWithLater();
    // The newest is hers: the client that conditions see is hers until she is erased.
    const hers = views(site, 'kiosk', [90, 2], { userId: 'eve' });
    await deliver([{ ...hers, client: { ...hers.client, country: 'NO' } }, views(site, 'kiosk', [100, 70])]);
    await put(site, 'segments/keen', { condition: 'attributes.always >= 3' });
    await inForceSince(site, 'keen', 0);
    await deliver([views(site, 'kiosk', [5])]);
    const stub = profileStub(env, site.id, 'a/kiosk');
    expect(await stub.exportFollowing()).toContain('"keen"');
    expect(await stub.exportFollowing()).toContain('"country":"NO"');
    await send('/api/users/eve', { method: 'DELETE', headers: secret(site) });
    expect((await both(site, 'a/kiosk'))[0]).toBe(3);
    expect(await stub.exportFollowing()).not.toContain('"country"');
    expect(JSON.parse((await stub.exportFollowing()) ?? '{}')).toMatchObject({
      client: { client: { device: 'desktop', bot: false } },
      recent: [],
      outbox: [],
    });
    // The profile remembers the ids of what is gone: what is defined later is filled in after a day of patience.
    await define(site);
    await run();
    expect(await historyOf(site)).toBe('filling');
    await env.DB.prepare("UPDATE history_fills SET fill = json_set(fill, '$.begunAt', ?) WHERE site = ?")
      .bind(Date.now() - 25 * 60 * MINUTE_MS, site.id)
      .run();
    await runAgain(site);
    expect(await both(site, 'a/kiosk')).toEqual([3, 3]);
  });

  it('begins anew with another definition, and is forgotten with a deleted one', async ({ expect }) => {
    const site = await siteWithLater();
    await deliver([views(site, 'ada', [100, 50, 4])]);
    await define(site);
    await run();
    await put(site, 'attributes/later', { ...VIEWS, window: '1h' });
    expect(await historyOf(site)).toBe('waiting');
    await inForceSince(site, 'later', Date.now() - 3 * MINUTE_MS);
    await run();
    expect(await both(site, 'a/ada')).toEqual([3, 2]);
    await send('/api/attributes/later', { method: 'DELETE', headers: secret(site) });
    await run();
    await deliver([views(site, 'ada', [0])]);
    expect(await both(site, 'a/ada')).toEqual([4, undefined]);
  });
});
