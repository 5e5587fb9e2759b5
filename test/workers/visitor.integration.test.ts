import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import type { z } from 'zod';
import { deviceLedger } from '../../core/identity/ledger.ts';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import type { acceptedSchema } from '../../workers/edge/ingest/operation.ts';
import { eventually } from './eventually.ts';
import { asVisitor, makeEvent, makeSite, postEvents, send, type TestSite } from './site.ts';
import { rollupsOf } from './stores.ts';

type Accepted = z.infer<typeof acceptedSchema>;

const viewed = (visitor: string, item = 'bag') => makeEvent(visitor, 'product_viewed', { product_id: item });
/** Events of a page, with whose page it is if the page says so. */
async function fromPage(site: TestSite, events: unknown[], said: Record<string, unknown> = {}, cookie = '') {
  const response = await send(`/v/events?key=${site.writeKey}`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain', origin: site.origin, ...(cookie && { cookie }) },
    body: JSON.stringify({ events, ...said }),
  });
  const cookies = response.headers.getSetCookie().map((text) => text.slice(0, text.indexOf(';')));
  return {
    cookie: cookies.join('; '),
    cookies: response.headers.getSetCookie(),
    body: await response.json<Accepted>(),
  };
}
const profile = (site: TestSite, more: string, cookie = '') =>
  send(`/v/profile?key=${site.writeKey}${more}`, { headers: { cookie } });
const itemsOf = async (response: Response) =>
  (await response.json<{ recentItems: { id: string }[] }>()).recentItems.map(({ id }) => id);

describe('a visitor’s token', () => {
  it('comes with his first event, as HttpOnly cookie and in the answer, and lets him read himself', async ({
    expect,
  }) => {
    const site = await makeSite();
    const id = crypto.randomUUID();
    const { cookie, cookies, body } = await fromPage(site, [viewed(id)]);
    expect(cookies).toHaveLength(2);
    for (const one of cookies) expect(one).toMatch(/^vitrine_(id|token)=[^;]+;.*HttpOnly; SameSite=Lax; Secure$/);
    expect(await itemsOf(await profile(site, '', cookie))).toEqual(['bag']);
    expect(await itemsOf(await profile(site, `&anonymousId=${id}&visitorToken=${body.visitorToken}`))).toEqual(['bag']);
    // What stands already is not set again.
    const again = await fromPage(site, [viewed(id)], {}, cookie);
    expect([again.cookies, again.body.visitorToken]).toEqual([[], undefined]);
  });

  it('is not had by who knows an id, whatever he sends', async ({ expect }) => {
    const site = await makeSite();
    const id = crypto.randomUUID();
    await fromPage(site, [{ ...viewed(id), occurredAt: new Date(Date.now() - 3_600_000).toISOString() }]);
    await eventually(async () => expect(await rollupsOf(site.id)).toEqual({ product_viewed: 1 }));
    for (const said of [{}, { anonymousId: id }, { visitorToken: 'x' }, { anonymousId: id, visitorToken: '' }]) {
      const { body, cookies } = await fromPage(site, [viewed(id)], said, `vitrine_id=${id}`);
      expect([body.visitorToken, cookies]).toEqual([undefined, []]);
    }
    const eve = crypto.randomUUID();
    const own = await fromPage(site, [viewed(eve, 'hat')]);
    for (const cookie of [`vitrine_id=${id}`, `vitrine_id=${id}; vitrine_token=${own.body.visitorToken}`]) {
      expect((await profile(site, '', cookie)).status).toBe(403);
      const slot = await send(`/v/recommendations?key=${site.writeKey}&strategy=recently_viewed`, {
        headers: { cookie },
      });
      expect(await slot.json()).toMatchObject({ reason: 'no_visitor_token', items: [] });
    }
    expect((await profile(site, `&anonymousId=${id}`, own.cookie)).status).toBe(403);
  });

  it('is not given for an id that can be guessed, nor again after an erasure', async ({ expect }) => {
    const site = await makeSite();
    expect((await fromPage(site, [viewed('pos-1')])).body.visitorToken).toBeUndefined();
    const id = crypto.randomUUID();
    await fromPage(site, [viewed(id)]);
    const headers = { authorization: `Bearer ${site.secretKey}` };
    await send(`/api/devices/${id}`, { method: 'DELETE', headers });
    expect((await fromPage(site, [viewed(id)])).body.visitorToken).toBeUndefined();
  });

  it('is of one site: that of another opens nothing', async ({ expect }) => {
    const [site, other] = [await makeSite(), await makeSite()];
    const id = crypto.randomUUID();
    await fromPage(site, [viewed(id)]);
    const { cookie } = await fromPage(other, [viewed(id, 'hat')]);
    expect((await profile(site, '', cookie)).status).toBe(403);
    expect(await itemsOf(await profile(other, '', cookie))).toEqual(['hat']);
  });

  it('follows the page: the cookie names who it is now, whatever events are sent with it', async ({ expect }) => {
    const site = await makeSite();
    const [before, now] = [crypto.randomUUID(), crypto.randomUUID()];
    const first = await fromPage(site, [viewed(before)]);
    const events = [makeEvent(now, 'page_viewed'), makeEvent(before, 'signed_out')];
    const { cookie, body } = await fromPage(site, events, { anonymousId: now }, first.cookie);
    expect(cookie).toContain(`vitrine_id=${now}`);
    expect(body.visitorToken).toBeDefined();
    // Until that cookie has come, the page is nobody to a reader rather than the one before.
    expect((await profile(site, `&anonymousId=${now}`, first.cookie)).status).toBe(403);
  });

  it('no cookie holds a user’s id', async ({ expect }) => {
    const site = await makeSite();
    const id = crypto.randomUUID();
    const { cookie } = await fromPage(site, [viewed(id)]);
    await send('/v/events', {
      method: 'POST',
      headers: { authorization: `Bearer ${site.secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ events: [{ ...makeEvent(id, 'identify'), userId: 'ann@shop.example' }] }),
    });
    const read = await profile(site, '', cookie);
    expect(await read.json()).toMatchObject({ userId: 'ann@shop.example' });
    const again = await fromPage(site, [{ ...viewed(id), userId: 'ann@shop.example' }], {}, cookie);
    expect([...read.headers.getSetCookie(), ...again.cookies].join()).not.toContain('ann');
  });
});

describe('what the browser knows and the server may not yet', () => {
  async function shop() {
    const site = await makeSite();
    await send('/api/catalog', {
      method: 'POST',
      headers: { authorization: `Bearer ${site.secretKey}`, 'content-type': 'application/x-ndjson' },
      body: ['bag', 'hat', 'a/b'].map((id) => JSON.stringify({ id, title: id, url: `/p/${id}` })).join('\n'),
    });
    return site;
  }
  const slot = async (site: TestSite, body: Record<string, unknown>, headers: Record<string, string> = {}) => {
    const response = await send('/v/recommendations', {
      method: 'POST',
      headers: { 'content-type': 'text/plain', ...headers },
      body: JSON.stringify({ key: site.writeKey, strategy: 'recently_viewed', ...body }),
    });
    const { tier, reason, items } = await response.json<{ tier: string; reason: string; items: { id: string }[] }>();
    return [tier, reason, items.map(({ id }) => id)];
  };

  it('stands before the profile’s, in a body, a query or a cookie, and is stored nowhere', async ({ expect }) => {
    const site = await shop();
    await postEvents(site, [viewed('ada', 'bag')]);
    const own = Object.fromEntries(new URLSearchParams(await asVisitor(site, 'ada')));
    expect(await slot(site, own)).toEqual(['live', 'live_profile', ['bag']]);
    const both = ['live', 'live_profile_and_browser', ['a/b', 'hat', 'bag']];
    expect(await slot(site, { ...own, hint: 'va%2Fb/ahat/rbag' })).toEqual(both);
    expect(await slot(site, own, { cookie: 'vitrine_hint=va%2Fb/ahat/rbag' })).toEqual(both);
    expect(await slot(site, { ...own, hint: 'vbag' })).toEqual(['live', 'live_profile', ['bag']]);
    expect((await profileStub(env, site.id, deviceLedger('ada')).readHere()).value.counts).toEqual({
      product_viewed: 1,
    });
  });

  it('serves a visitor whom nothing else is known of, and one who cannot prove who he is', async ({ expect }) => {
    const site = await shop();
    expect(await slot(site, { hint: 'vhat' })).toEqual(['live', 'browser', ['hat']]);
    await postEvents(site, [viewed('ada', 'bag')]);
    expect(await slot(site, { anonymousId: 'ada', hint: 'vhat' })).toEqual(['live', 'browser', ['hat']]);
  });

  it('is not used without consent', async ({ expect }) => {
    const site = await shop();
    await postEvents(site, [makeEvent('ada', 'consent_changed', { purposes: { personalization: false } })]);
    const own = Object.fromEntries(new URLSearchParams(await asVisitor(site, 'ada')));
    expect(await slot(site, { ...own, hint: 'vhat' })).toEqual(['baseline', 'no_consent', []]);
    const strict = await shop();
    await send('/api/settings', {
      method: 'PUT',
      headers: { authorization: `Bearer ${strict.secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ consent: { granted: ['analytics'] } }),
    });
    expect(await slot(strict, { hint: 'vhat' })).toEqual(['baseline', 'no_visitor', []]);
  });
});
