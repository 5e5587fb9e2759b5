import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import type { Ledger } from '../../core/identity/ledger.ts';
import { siteDefinitions } from '../../stores/config/definitions.ts';
import { linkDevice, linkUsers, MAX_DEVICES, MAX_USERS, TooManyUsers } from '../../stores/links/link-graph.ts';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import { eventually } from './eventually.ts';
import { makeEvent, makeSite, send, type TestSite } from './site.ts';
import { rollupsOf } from './stores.ts';

const identify = (device: string, userId: string, minutesAgo = 0) => ({
  ...makeEvent(device, 'identify', {}, minutesAgo),
  userId,
});
const post = (site: TestSite, events: unknown[]) =>
  send('/v/events', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${site.secretKey}` },
    body: JSON.stringify({ events }),
  });
const versionOf = async (site: TestSite) =>
  (await env.DB.prepare('SELECT version FROM link_versions WHERE site = ?').bind(site.id).first<{ version: number }>())
    ?.version;
/** What the home of a person holds of his ledgers. */
const heldBy = (site: TestSite, home: Ledger) =>
  runInDurableObject(profileStub(env, site.id, home), (_object, { storage }) =>
    storage.sql
      .exec<{ ledger: string; assignment: number; number: number }>(
        'SELECT ledger, assignment, number FROM linked ORDER BY ledger',
      )
      .toArray(),
  );
const at = (time: number) => ({ time, eventId: `e${time}` });

describe('a link', () => {
  it('that is said three times has version 1 and one snapshot, also when the queue brings it again', async ({
    expect,
  }) => {
    const site = await makeSite();
    await siteDefinitions(env, site.id);
    await post(site, [identify('phone', 'ann'), identify('phone', 'ann'), identify('phone', 'ann')]);
    await eventually(async () => expect(await rollupsOf(site.id)).toEqual({ identify: 3 }));
    expect(await versionOf(site)).toBe(1);
    expect(await heldBy(site, 'u/ann')).toEqual([{ ledger: 'a/phone', assignment: 1, number: 1 }]);
  });

  it('that is said again with each page has the version of its first time', async ({ expect }) => {
    const site = await makeSite();
    for (let page = 1; page <= 3; page += 1) await post(site, [identify('phone', 'ann')]);
    await eventually(async () => expect(await rollupsOf(site.id)).toEqual({ identify: 3 }));
    expect(await versionOf(site)).toBe(1);
    const held = await heldBy(site, 'u/ann');
    expect(held).toMatchObject([{ ledger: 'a/phone', assignment: 1 }]);
  });

  it('has a new version when its owner changes, and only then', async ({ expect }) => {
    const { id: site } = await makeSite();
    const link = async (user: string | null, time: number) =>
      (await linkDevice(env, site, 'a/d', user, at(time))).version;
    expect(await link('ann', 10)).toBe(1);
    expect(await link('ann', 20)).toBe(1);
    expect(await link('ben', 15)).toBe(1);
    expect(await link('ben', 30)).toBe(2);
    expect(await link('ben', 30)).toBe(2);
    expect(await link(null, 40)).toBe(3);
    expect(await link('ben', 50)).toBe(4);
    // Another device counts on from there.
    expect((await linkDevice(env, site, 'a/e', 'ann', at(5))).version).toBe(5);
    expect(await link('ben', 60)).toBe(4);
  });

  it('of two users has a new version when they are joined or parted, and only then', async ({ expect }) => {
    const { id: site } = await makeSite();
    const link = async (on: boolean, time: number) => (await linkUsers(env, site, ['a', 'b'], on, at(time))).version;
    expect([await link(true, 10), await link(true, 20), await link(true, 10)]).toEqual([1, 1, 1]);
    expect([await link(false, 15), await link(false, 30), await link(false, 30)]).toEqual([1, 2, 2]);
    expect(await link(true, 40)).toBe(3);
  });
});

describe('the caps of a person', () => {
  it(`are ${MAX_DEVICES} devices: of more, those that were linked longest ago are on their own`, async ({ expect }) => {
    const { id: site } = await makeSite();
    for (let device = 0; device < MAX_DEVICES; device += 1)
      await linkDevice(env, site, `a/d${device}`, 'ann', at(device + 1));
    const { homes } = await linkDevice(env, site, 'a/newest', 'ann', at(1_000));
    expect(homes).toEqual([
      { ledger: 'a/newest', person: 'u/ann' },
      { ledger: 'a/d0', person: 'a/d0' },
    ]);
    // One that is older than all of them is on its own from the start.
    expect((await linkDevice(env, site, 'a/oldest', 'ann', at(0))).homes[0]).toEqual({
      ledger: 'a/oldest',
      person: 'a/oldest',
    });
  });

  it(`are ${MAX_USERS} users: a link that would make more is refused, in whatever order, and both stay`, async ({
    expect,
  }) => {
    const { id: site } = await makeSite();
    for (let user = 1; user < MAX_USERS; user += 1) await linkUsers(env, site, ['u0', `u${user}`], true, at(user));
    await expect(linkUsers(env, site, ['u5', 'one-more'], true, at(100))).rejects.toThrow(TooManyUsers);
    const { homes } = await linkUsers(env, site, ['u0', 'u1'], true, at(101));
    expect(homes.map(({ ledger }) => ledger)).not.toContain('u/one-more');
    expect(homes).toHaveLength(MAX_USERS);
  });
});
