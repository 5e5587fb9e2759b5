import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { messageText } from '../../core/events/message.ts';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import { deliver, makeMessage } from './deliver.ts';
import { madeAgain } from './made-again.ts';
import { makeEvent, makeSite, postEvents, send } from './site.ts';

describe('an answer', () => {
  it('names each field that was left out or read as something else, beside what was accepted', async ({ expect }) => {
    const site = await makeSite();
    const event = makeEvent('ada', 'product_viewed', { product_id: 'p', brand: null, price: '19,99' });
    const answer = await (await postEvents(site, [makeEvent('ada', 'page_viewed'), event])).json();
    expect(answer).toEqual({
      accepted: 2,
      rejected: [],
      warnings: [
        {
          index: 1,
          id: event.id,
          message: 'properties.brand: left out; expected a text of 1–1,024 characters, found null',
        },
        { index: 1, id: event.id, message: 'properties.price: "19,99" read as 19.99' },
      ],
    });
  });

  it('may be read by any page where it says that the page is not let in, and by none of them elsewhere', async ({
    expect,
  }) => {
    const site = await makeSite();
    const from = async (key: string, origin: string) => {
      const body = JSON.stringify({ events: [makeEvent('ada', 'page_viewed')] });
      const response = await send(`/v/events?key=${key}`, { method: 'POST', headers: { origin }, body });
      const { headers, status } = response;
      return [status, headers.get('access-control-allow-origin'), headers.get('access-control-allow-credentials')];
    };
    expect(await from('wk_nobody', site.origin)).toEqual([401, site.origin, 'true']);
    expect(await from(site.writeKey, 'https://evil.example')).toEqual([403, 'https://evil.example', 'true']);
    expect(await from(site.writeKey, site.origin)).toEqual([202, site.origin, 'true']);
  });

  it('is sniffed by nobody, and that of the private API kept by nobody', async ({ expect }) => {
    const site = await makeSite();
    const headers = { authorization: `Bearer ${site.secretKey}` };
    for (const [path, kept] of [
      ['/api/settings', 'no-store'],
      ['/api/nothing', 'no-store'],
      ['/v/beacon.js', 'public, max-age=300, stale-while-revalidate=86400'],
    ] as const) {
      const response = await send(path, { headers });
      expect([response.headers.get('x-content-type-options'), response.headers.get('cache-control')]).toEqual([
        'nosniff',
        kept,
      ]);
    }
    const console = await send('/console');
    expect(console.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  it('to an empty key in the address looks at the other places for one', async ({ expect }) => {
    const site = await makeSite();
    const headers = { 'x-vitrine-key': site.writeKey };
    expect((await send('/v/recommendations?key=', { headers })).status).toBe(200);
  });
});

describe('a profile that is ahead of what is stored', () => {
  /** An object that has counted one event in memory. */
  async function ahead() {
    const site = await makeSite();
    const stub = profileStub(env, site.id, 'a/ada');
    const message = makeMessage(site.id, 'ada', ['one']);
    await stub.show(message.id, messageText(message));
    await stub.readHere();
    return { site, stub, message };
  }
  const numberAt = (stub: ReturnType<typeof profileStub>) =>
    runInDurableObject(stub, (_, { storage }) =>
      storage.sql.exec<{ number: number }>('SELECT number FROM linked').one(),
    );

  it('stores it before a snapshot leaves: a number never comes again with another content', async ({ expect }) => {
    const { site, stub } = await ahead();
    await stub.assign({ v: 1, person: 'u/ann', version: 1 });
    const home = profileStub(env, site.id, 'u/ann');
    const { number } = await numberAt(home);
    await evictDurableObject(stub);
    expect(await stub.version()).toBe(number);
    await deliver([makeMessage(site.id, 'ada', ['two'])]);
    expect((await numberAt(home)).number).toBeGreaterThan(number);
    expect((await home.readHere()).value.counts).toEqual({ product_viewed: 2 });
  });

  it('stores it before old ids are forgotten: nothing counts twice after', async ({ expect }) => {
    const { stub, message } = await ahead();
    await runInDurableObject(stub, (instance) => instance.alarm());
    await deliver([message]);
    expect((await stub.readHere()).value.counts).toEqual({ product_viewed: 1 });
  });

  it('is made again only as it was looked at', async ({ expect }) => {
    const { site, stub } = await ahead();
    const [version, state] = [await stub.version(), await stub.exportState()];
    const made = await madeAgain(site.id, state);
    expect(await stub.restore({ ...made, version: version - 1 })).toBe(false);
    expect(await stub.restore({ ...made, version })).toBe(true);
  });
});
