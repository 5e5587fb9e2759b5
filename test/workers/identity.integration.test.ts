import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { base64url, SignJWT } from 'jose';
import { describe, it } from 'vitest';
import type { UserProfile } from '../../durable-objects/user-profile/user-profile.ts';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import { eventually } from './eventually.ts';
import { asVisitor, makeEvent, makeSite, postEvents, send, type TestSite } from './site.ts';
import { failedReasonsOf, rollupsOf } from './stores.ts';

const KEY = new TextEncoder().encode('a key of at least thirty-two bytes!!');

const OLDER_KEY = new TextEncoder().encode('another key of thirty-two bytes or more');

const STRANGE_KEY = new TextEncoder().encode('a strange key of thirty-two bytes or more');

async function siteWithKey(): Promise<TestSite> {
  const site = await makeSite();
  const add = env.DB.prepare('INSERT INTO identity_keys (site, kid, jwk, created_at) VALUES (?, ?, ?, ?)');
  const jwk = (key: Uint8Array) => JSON.stringify({ kty: 'oct', alg: 'HS256', k: base64url.encode(key) });
  await env.DB.batch([add.bind(site.id, 'k1', jwk(KEY), 1), add.bind(site.id, 'k0', jwk(OLDER_KEY), 0)]);
  return site;
}

interface ProofParts {
  readonly audience?: string;
  readonly subject?: string;
  readonly device?: string;
  readonly life?: string;
  /** When it says it was signed, if not now. */
  readonly issued?: string;
  readonly key?: Uint8Array;
  /** Absent from the proof when null. */
  readonly kid?: string | null;
  readonly claims?: Record<string, unknown>;
}

/** A proof as the shop's server would sign it, or one that is wrong in some part. */
function proof(
  site: TestSite,
  {
    audience = site.id,
    subject = 'ann',
    device = 'phone',
    life = '10m',
    issued,
    key = KEY,
    kid = 'k1',
    claims = {},
  }: ProofParts = {},
) {
  return new SignJWT({ anonymous_id: device, ...claims })
    .setProtectedHeader({ alg: 'HS256', ...(kid !== null && { kid }) })
    .setIssuedAt(issued ?? (life.startsWith('-') ? '-2h' : undefined))
    .setAudience(audience)
    .setSubject(subject)
    .setExpirationTime(life)
    .sign(key);
}

const secret = (site: TestSite) => ({ authorization: `Bearer ${site.secretKey}` });
const postAsServer = (site: TestSite, events: unknown[]) =>
  send('/v/events', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...secret(site) },
    body: JSON.stringify({ events }),
  });
const identify = (device: string, userId: string, minutesAgo = 0) => ({
  ...makeEvent(device, 'identify', {}, minutesAgo),
  userId,
});
const viewed = (device: string, product: string, minutesAgo = 5) =>
  makeEvent(device, 'product_added', { product_id: product }, minutesAgo);
const alias = (userId: string, previous: string) => {
  const { anonymousId: _, ...event } = makeEvent('', 'alias', { previous_id: previous });
  return { ...event, userId };
};

interface View {
  userId: string | null;
  counts: Record<string, number>;
  recentItems: { id: string }[];
}
const profileOfDevice = async (site: TestSite, device: string) =>
  (await send(`/v/profile?${await asVisitor(site, device)}`)).json<View>();
const profileOfUser = async (site: TestSite, user: string) =>
  (await send(`/v/profile?userId=${user}`, { headers: secret(site) })).json<View>();
const items = ({ recentItems }: View) => recentItems.map(({ id }) => id).sort();
/** Everything that readers see of the person, as text. */
const personOf = async (site: TestSite) => JSON.stringify((await profileStub(env, site.id, 'u/ann').readHere()).value);
const unlink = (site: TestSite, user: string, body: object) =>
  send(`/api/users/${user}/unlink`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...secret(site) },
    body: JSON.stringify(body),
  });

describe('a person', () => {
  it('is one to every device that is linked to him, and each device brings what it knows', async ({ expect }) => {
    const site = await makeSite();
    await postAsServer(site, [viewed('phone', 'bag'), identify('phone', 'ann')]);
    await postAsServer(site, [viewed('desk', 'shirt')]);
    expect(items(await profileOfDevice(site, 'desk'))).toEqual(['shirt']);
    await postAsServer(site, [identify('desk', 'ann')]);
    for (const view of [
      await profileOfDevice(site, 'desk'),
      await profileOfDevice(site, 'phone'),
      await profileOfUser(site, 'ann'),
    ]) {
      expect(items(view)).toEqual(['bag', 'shirt']);
      expect(view.counts).toEqual({ identify: 2, product_added: 2 });
    }
  });

  it('counts a retry that arrives at the old device after the login nowhere twice', async ({ expect }) => {
    const site = await makeSite();
    const early = viewed('phone', 'bag');
    await postAsServer(site, [early]);
    await postAsServer(site, [identify('phone', 'ann')]);
    await postAsServer(site, [early, viewed('phone', 'shoes')]);
    await postAsServer(site, [early]);
    expect((await profileOfUser(site, 'ann')).counts).toEqual({ identify: 1, product_added: 2 });
  });

  it('is to the byte what he would have been without a ledger that is taken out again', async ({ expect }) => {
    const site = await makeSite();
    await postAsServer(site, [viewed('phone', 'bag'), identify('phone', 'ann')]);
    const before = await personOf(site);
    await postAsServer(site, [viewed('desk', 'shirt'), identify('desk', 'ann')]);
    expect(await personOf(site)).not.toBe(before);
    expect((await unlink(site, 'ann', { anonymousId: 'desk' })).status).toBe(200);
    expect(await personOf(site)).toBe(before);
    expect(items(await profileOfDevice(site, 'desk'))).toEqual(['shirt']);
    await postAsServer(site, [viewed('desk', 'hat')]);
    expect(await personOf(site)).toBe(before);
  });

  it('takes a device along when it is identified as somebody else', async ({ expect }) => {
    const site = await makeSite();
    await postAsServer(site, [viewed('phone', 'bag'), identify('phone', 'ann', 5)]);
    await postAsServer(site, [identify('phone', 'ben', 3)]);
    expect(items(await profileOfUser(site, 'ben'))).toEqual(['bag']);
    expect((await send('/v/profile?userId=ann', { headers: secret(site) })).status).toBe(404);
    // What is older than the newest link does not move it back.
    await postAsServer(site, [identify('phone', 'ann', 4)]);
    expect(items(await profileOfUser(site, 'ben'))).toEqual(['bag']);
  });

  it('joins two users by alias, in a circle as well, and parts them again', async ({ expect }) => {
    const site = await makeSite();
    await postAsServer(site, [viewed('phone', 'bag'), identify('phone', 'ann')]);
    await postAsServer(site, [viewed('desk', 'shirt'), identify('desk', 'ben')]);
    await postAsServer(site, [viewed('tv', 'hat'), identify('tv', 'cem')]);
    await postAsServer(site, [alias('ann', 'ben'), alias('ben', 'cem'), alias('cem', 'ann')]);
    for (const user of ['ann', 'ben', 'cem'])
      expect(items(await profileOfUser(site, user))).toEqual(['bag', 'hat', 'shirt']);
    expect(items(await profileOfDevice(site, 'tv'))).toEqual(['bag', 'hat', 'shirt']);
    await unlink(site, 'cem', { userId: 'ann' });
    expect(items(await profileOfUser(site, 'ann'))).toEqual(['bag', 'hat', 'shirt']);
    await unlink(site, 'cem', { userId: 'ben' });
    expect(items(await profileOfUser(site, 'cem'))).toEqual(['hat']);
    expect(items(await profileOfUser(site, 'ben'))).toEqual(['bag', 'shirt']);
  });

  it('has a ledger of his own for events without a device', async ({ expect }) => {
    const site = await makeSite();
    const { anonymousId: _, ...event } = viewed('', 'bag');
    const refused = await (await postEvents(site, [{ ...event, userId: 'ann' }])).json<{
      rejected: { code: string }[];
    }>();
    expect(refused.rejected.map(({ code }) => code)).toEqual(['proof_required']);
    await postAsServer(site, [{ ...event, userId: 'ann' }]);
    await postAsServer(site, [identify('phone', 'ann')]);
    expect(items(await profileOfDevice(site, 'phone'))).toEqual(['bag']);
  });

  it('is whole again after his home refused: the message comes until both sides have it', async ({ expect }) => {
    const site = await makeSite();
    await postAsServer(site, [viewed('phone', 'bag')]);
    const home = profileStub(env, site.id, 'u/ann');
    // A method of the instance is none of the class: calls of it are refused until the object starts anew.
    await runInDurableObject(home, (instance: UserProfile) => {
      instance.receiveSnapshot = async () => undefined;
    });
    await postAsServer(site, [identify('phone', 'ann'), viewed('phone', 'hat')]);
    expect(await rollupsOf(site.id)).toEqual({});
    expect((await home.readHere()).value.counts).toEqual({});
    await evictDurableObject(home);
    await eventually(async () => expect(items(await profileOfUser(site, 'ann'))).toEqual(['bag', 'hat']));
    expect((await profileOfUser(site, 'ann')).counts).toEqual({ identify: 1, product_added: 2 });
    await eventually(async () => expect(await rollupsOf(site.id)).toEqual({ identify: 1, product_added: 2 }));
  });
});

describe('proofs', () => {
  it('a page links with a proof of the shop’s server, and not without one', async ({ expect }) => {
    const site = await siteWithKey();
    await postEvents(site, [viewed('phone', 'bag'), identify('phone', 'ann')]);
    expect((await send('/v/profile?userId=ann', { headers: secret(site) })).status).toBe(404);
    const answer = await postEvents(site, [{ ...identify('phone', 'ann'), proof: await proof(site) }]);
    expect(await answer.json()).toMatchObject({ accepted: 1, rejected: [] });
    expect(items(await profileOfUser(site, 'ann'))).toEqual(['bag']);
  });

  it.for<[string, ProofParts]>([
    ['the older of two keys, without saying which', { key: OLDER_KEY, kid: null }],
    ['the older of two keys, by name', { key: OLDER_KEY, kid: 'k0' }],
    ['the newer of two keys, without saying which', { kid: null }],
    ['a day of life', { life: '24h' }],
  ])('holds with %s', async ([, parts], { expect }) => {
    const site = await siteWithKey();
    const answer = await postEvents(site, [{ ...identify('phone', 'ann'), proof: await proof(site, parts) }]);
    expect(await answer.json()).toMatchObject({ accepted: 1, rejected: [] });
  });

  it('a site that trusts its pages links without one', async ({ expect }) => {
    const site = await makeSite();
    await env.DB.prepare('UPDATE sites SET settings = ? WHERE id = ?')
      .bind(JSON.stringify({ trustUnsignedLinks: true }), site.id)
      .run();
    await postEvents(site, [viewed('phone', 'bag'), identify('phone', 'ann')]);
    expect(items(await profileOfUser(site, 'ann'))).toEqual(['bag']);
  });

  it.for<[string, ProofParts, RegExp]>([
    ['forged', { key: new TextEncoder().encode('another key of thirty-two bytes!!!!!') }, /signature/],
    ['expired', { life: '-10m' }, /exp/],
    ['for another site', { audience: 'other' }, /aud/],
    ['signed by a key of nobody, without saying which', { key: STRANGE_KEY, kid: null }, /signature/],
    ['for another user', { subject: 'ben' }, /another user/],
    ['for another device', { device: 'desk' }, /another device/],
    ['signed in the future', { issued: '30d', life: '30d' }, /in the future/],
    ['too long a life', { life: '2d' }, /172800 s/],
  ])('refuses a proof that is %s', async ([, parts, expected], { expect }) => {
    const site = await siteWithKey();
    const answer = await postEvents(site, [{ ...identify('phone', 'ann'), proof: await proof(site, parts) }]);
    const { accepted, rejected } = await answer.json<{
      accepted: number;
      rejected: { code: string; message: string }[];
    }>();
    expect(accepted).toBe(0);
    expect(rejected).toMatchObject([{ code: 'proof_invalid', message: expect.stringMatching(expected) }]);
    await eventually(async () => expect(await failedReasonsOf(site.id)).toEqual(['proof_invalid']));
  });

  it('refuses "none", text that is no token, and a key of another site', async ({ expect }) => {
    const [site, other] = [await siteWithKey(), await siteWithKey()];
    const none = `${btoa('{"alg":"none"}').replaceAll('=', '')}.${btoa(JSON.stringify({ sub: 'ann', aud: site.id })).replaceAll('=', '')}.`;
    for (const token of [none, 'not a token', await proof(other)]) {
      const answer = await postEvents(site, [{ ...identify('phone', 'ann'), proof: token }]);
      expect(await answer.json()).toMatchObject({ accepted: 0, rejected: [{ code: 'proof_invalid' }] });
    }
  });
});
