import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import { eventually } from './eventually.ts';
import { asVisitor, makeEvent, makeSite, postEvents, send, type TestSite } from './site.ts';
import { failedReasonsOf, lakeOf, rollupsOf } from './stores.ts';

const secret = (site: TestSite) => ({ authorization: `Bearer ${site.secretKey}`, 'content-type': 'application/json' });

async function siteWith(settings: object): Promise<TestSite> {
  const site = await makeSite();
  const response = await send('/api/settings', {
    method: 'PUT',
    headers: secret(site),
    body: JSON.stringify(settings),
  });
  if (!response.ok) throw new Error(await response.text());
  // The key of the request above was read with the settings of before: a page's key is not in the cache yet.
  return site;
}

const stated = (event: object, choices: Record<string, boolean>) => ({
  ...event,
  context: { consent: { categoryPreferences: choices } },
});
const added = (device: string, product: string) => makeEvent(device, 'product_added', { product_id: product });
const chose = (device: string, purposes: Record<string, boolean>) => makeEvent(device, 'consent_changed', { purposes });

interface Answer {
  accepted: number;
  rejected: { code: string; message: string }[];
}
const post = async (site: TestSite, events: unknown[], headers = {}) =>
  (await postEvents(site, events, headers)).json<Answer>();
const profileOf = async (site: TestSite, device: string) =>
  (await profileStub(env, site.id, `a/${device}`).readHere()).value;
const recentlyViewed = async (site: TestSite, device: string, headers = {}) =>
  (await send(`/v/recommendations?strategy=recently_viewed&${await asVisitor(site, device)}`, { headers })).json<{
    tier: string;
    reason: string;
  }>();

describe('consent at ingest', () => {
  it('refuses what the visitor grants nothing for, and keeps nothing of it', async ({ expect }) => {
    const site = await siteWith({ consent: { granted: [] } });
    const answer = await post(site, [
      added('ida', 'bag'),
      stated(added('ida', 'shirt'), { personalization: true }),
      chose('ida', { personalization: true }),
      { ...added('ida', 'coat'), context: { consent: 'yes' } },
    ]);
    expect(answer.accepted).toBe(2);
    expect(answer.rejected.map(({ code }) => code)).toEqual(['no_consent', 'invalid_consent']);
    expect(answer.rejected[0]?.message).toContain('analytics, personalization, marketing');
    expect(await failedReasonsOf(site.id)).toEqual(['invalid_consent']);
    expect(Object.keys((await profileOf(site, 'ida')).counts).sort()).toEqual(['consent_changed', 'product_added']);
  });

  it('lets an event be used for what it was granted for, and nothing else', async ({ expect }) => {
    const site = await siteWith({});
    await post(site, [
      stated(added('jon', 'counted'), { personalization: false, marketing: false }),
      stated(added('jon', 'shown'), { analytics: false }),
      makeEvent('jon', 'page_viewed'),
    ]);
    await eventually(async () => expect(await lakeOf(site.id)).toHaveLength(3));
    await eventually(async () => expect(await rollupsOf(site.id)).toEqual({ product_added: 1, page_viewed: 1 }));
    const { counts, cart } = await profileOf(site, 'jon');
    expect(counts).toEqual({ product_added: 1, page_viewed: 1 });
    expect(cart.map(({ id }) => id)).toEqual(['shown']);
    expect((await lakeOf(site.id)).map(({ consent }) => consent?.join()).sort()).toEqual([
      'analytics',
      'personalization,marketing',
      undefined,
    ]);
  });

  it('honours Global Privacy Control', async ({ expect }) => {
    const site = await siteWith({});
    await post(site, [stated(makeEvent('kim', 'page_viewed'), { marketing: true })], { 'sec-gpc': '1' });
    await eventually(async () => expect(await lakeOf(site.id)).toHaveLength(1));
    expect((await lakeOf(site.id))[0]?.consent).toEqual(['analytics', 'personalization']);
  });
});

describe('consent at use', () => {
  it('is the visitor’s last choice, from the very next read on', async ({ expect }) => {
    const site = await siteWith({});
    await post(site, [added('lea', 'bag')]);
    expect(await recentlyViewed(site, 'lea')).toMatchObject({ tier: 'live' });
    await post(site, [chose('lea', { personalization: false })]);
    expect(await recentlyViewed(site, 'lea')).toMatchObject({ tier: 'baseline', reason: 'no_consent' });
    const own = await send(`/v/profile?${await asVisitor(site, 'lea')}`);
    expect(own.status).toBe(403);
    expect(await own.json()).toMatchObject({ code: 'no_consent' });
    await post(site, [chose('lea', { personalization: true })]);
    expect(await recentlyViewed(site, 'lea')).toMatchObject({ tier: 'live' });
  });

  it('falls to the site’s default, and to what the browser refuses', async ({ expect }) => {
    const site = await siteWith({
      consent: { granted: ['analytics'], globalPrivacyControl: ['personalization', 'marketing'] },
    });
    await post(site, [stated(added('mia', 'bag'), { personalization: true })]);
    expect(await recentlyViewed(site, 'mia')).toMatchObject({ reason: 'no_consent' });
    await post(site, [chose('mia', { personalization: true })]);
    expect(await recentlyViewed(site, 'mia')).toMatchObject({ tier: 'live' });
    expect(await recentlyViewed(site, 'mia', { 'sec-gpc': '1' })).toMatchObject({ reason: 'no_consent' });
  });
});

describe('traits', () => {
  it('come with identify and by import, each with source, time and purpose, and are shown as the site exposes them', async ({
    expect,
  }) => {
    const site = await siteWith({ exposed: { fields: ['sessions'], traits: ['plan'] } });
    await post(site, [{ ...makeEvent('nia', 'identify', { plan: 'gold', age: 41, list: [1] }), userId: 'nia' }]);
    const imported = makeEvent('nia', 'traits_imported', { source: 'crm', purpose: 'marketing', traits: { age: 42 } });
    expect((await post(site, [imported])).rejected).toMatchObject([{ code: 'secret_key_required' }]);
    await send('/v/events', { method: 'POST', headers: secret(site), body: JSON.stringify({ events: [imported] }) });
    await eventually(async () => expect((await profileOf(site, 'nia')).traits.age?.value).toBe(42));
    expect((await profileOf(site, 'nia')).traits).toMatchObject({
      plan: { value: 'gold', source: 'identify', purpose: 'personalization' },
      age: { value: 42, source: 'crm', purpose: 'marketing', at: Date.parse(imported.occurredAt) },
    });
    const own = await (await send(`/v/profile?${await asVisitor(site, 'nia')}`)).json<Record<string, unknown>>();
    expect(Object.keys(own).sort()).toEqual(['anonymousId', 'sessions', 'traits']);
    expect(own.traits).toMatchObject({ plan: { value: 'gold' } });
  });
});

describe('/api/settings', () => {
  it('says what is wrong, and keeps what was', async ({ expect }) => {
    const site = await siteWith({ trustUnsignedLinks: true });
    const put = (body: object) =>
      send('/api/settings', { method: 'PUT', headers: secret(site), body: JSON.stringify(body) });
    const refused = await put({ consent: { granted: ['ads'] }, trust: true });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ code: 'invalid_settings', detail: expect.stringContaining('"ads"') });
    const now = await (await send('/api/settings', { headers: secret(site) })).json();
    expect(now).toMatchObject({ trustUnsignedLinks: true, consent: { purposes: expect.any(Array) } });
  });
});
