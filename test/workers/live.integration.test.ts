import { createExecutionContext, evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { messageText } from '../../core/events/message.ts';
import { deviceLedger, type Ledger } from '../../core/identity/ledger.ts';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import worker from '../../workers/index.ts';
import { deliver, makeMessage } from './deliver.ts';
import { eventually } from './eventually.ts';
import { makeEvent, makeSite, postEvents, type TestSite } from './site.ts';
import { rollupsOf } from './stores.ts';

/** An object that nothing comes to but what a test sends it. */
async function lone(device = 'ada') {
  const site = await makeSite();
  const stub = profileStub(env, site.id, deviceLedger(device));
  const message = (...ids: string[]) => makeMessage(site.id, device, ids);
  const show = (shown: ReturnType<typeof message>) => stub.show(shown.id, messageText(shown));
  return { site, stub, message, show };
}

const stored = (stub: ReturnType<typeof profileStub>) =>
  runInDurableObject(stub, (_, { storage }) => [...storage.kv.list()].length);
const counts = async (site: TestSite, ledger: Ledger) =>
  (await profileStub(env, site.id, ledger).readHere()).value.counts;
const recent = async (site: TestSite, ledger: Ledger) =>
  (await profileStub(env, site.id, ledger).readRecentHere()).value.items;

describe('an event that was shown', () => {
  it('is seen by the next read, and nothing is stored', async ({ expect }) => {
    const { stub, message, show } = await lone();
    await show(message('one'));
    await show(message('two', 'three'));
    const seen = (await stub.readRecentHere()).value.items;
    expect(seen.toSorted()).toEqual(['p-one', 'p-three', 'p-two']);
    expect((await stub.readHere()).value.counts).toEqual({ product_viewed: 3 });
    expect(await stored(stub)).toBe(0);
  });

  it('is seen, and counts once, among more than an object keeps unread', async ({ expect }) => {
    const { stub, message, show } = await lone();
    const messages = Array.from({ length: 150 }, (_, n) =>
      message(...Array.from({ length: 8 }, (_, m) => `${n}-${m}`)),
    );
    for (const shown of messages) await show(shown);
    expect((await stub.readHere()).value.counts).toEqual({ product_viewed: 1_200 });
    await deliver(messages.slice(50));
    expect((await stub.readHere()).value.counts).toEqual({ product_viewed: 1_200 });
  });

  it('counts once when the queue brings it, whether it was looked at or not', async ({ expect }) => {
    const { site, stub, message, show } = await lone();
    const [seen, unseen] = [message('one'), message('two')];
    await show(seen);
    await stub.readHere();
    await show(unseen);
    expect((await deliver([seen, unseen, seen])).acked).toHaveLength(3);
    expect((await stub.readHere()).value.counts).toEqual({ product_viewed: 2 });
    await evictDurableObject(stub);
    expect((await stub.readHere()).value.counts).toEqual({ product_viewed: 2 });
    await eventually(async () => expect(await rollupsOf(site.id)).toEqual({ product_viewed: 2 }));
  });

  it('is lost with the memory, and counts when the queue brings it', async ({ expect }) => {
    const { site, stub, message, show } = await lone();
    const shown = message('one', 'two');
    await show(shown);
    await stub.readHere();
    await evictDurableObject(stub);
    expect((await stub.readHere()).value.counts).toEqual({});
    await deliver([shown]);
    await evictDurableObject(stub);
    expect((await stub.readHere()).value.counts).toEqual({ product_viewed: 2 });
    await eventually(async () => expect(await rollupsOf(site.id)).toEqual({ product_viewed: 2 }));
  });

  it('is stored along with another message, and the object wakes by itself for what is due', async ({ expect }) => {
    const { stub, message, show } = await lone();
    await show(message('one'));
    await stub.readHere();
    await deliver([message('two')]);
    await evictDurableObject(stub);
    expect((await stub.readHere()).value.counts).toEqual({ product_viewed: 2 });
    expect(await runInDurableObject(stub, (_, { storage }) => storage.getAlarm())).not.toBeNull();
  });

  it('is seen at the person’s home, which stores nothing of it, until its ledger has it stored', async ({ expect }) => {
    const { site, stub, message, show } = await lone('phone');
    const home = profileStub(env, site.id, 'u/ann');
    await stub.assign({ v: 1, person: 'u/ann', version: 1 });
    const held = () =>
      runInDurableObject(home, (_, { storage }) =>
        storage.sql.exec<{ number: number }>('SELECT number FROM linked').one(),
      );
    expect(await held()).toEqual({ number: 0 });
    const shown = message('one');
    await show(shown);
    await eventually(async () => expect(await recent(site, 'u/ann')).toEqual(['p-one']));
    expect(await counts(site, 'u/ann')).toEqual({ product_viewed: 1 });
    expect(await held()).toEqual({ number: 0 });
    await evictDurableObject(stub);
    await deliver([shown]);
    expect(await held()).toEqual({ number: 1 });
    await evictDurableObject(home);
    expect(await counts(site, 'u/ann')).toEqual({ product_viewed: 1 });
  });

  it('shows a home nothing of a ledger that has left it', async ({ expect }) => {
    const { site, stub, message } = await lone('phone');
    const home = profileStub(env, site.id, 'u/ann');
    await stub.assign({ v: 1, person: 'u/ann', version: 1 });
    await stub.assign({ v: 1, person: 'a/phone', version: 2 });
    const state = await stub.exportState();
    await home.receiveLive({ v: 1, ledger: 'a/phone', assignment: 1, number: 9, state });
    expect(await counts(site, 'u/ann')).toEqual({});
    await deliver([message('one')]);
    expect(await counts(site, 'u/ann')).toEqual({});
  });
});

describe('POST /v/events', () => {
  it.for(['product_viewed', 'product_added', 'page_viewed', 'product_searched', 'own.type'])(
    'shows %s of all visitors of a request to the very next read',
    async (type, { expect }) => {
      const site = await makeSite();
      const properties = { product_id: 'bag', query: 'bag' };
      const visitors = Array.from({ length: 40 }, (_, n) => `v-${n}`);
      const answer = await postEvents(
        site,
        visitors.map((visitor) => makeEvent(visitor, type, properties)),
      );
      expect(answer.status).toBe(202);
      for (const visitor of visitors) expect(await counts(site, deviceLedger(visitor))).toEqual({ [type]: 1 });
    },
  );

  it('is not believed where the queue refuses', async ({ expect }) => {
    const site = await makeSite();
    const full = { ...env, EVENTS: { send: () => Promise.reject(new Error('full')) } } as unknown as Env;
    const request = new Request(`https://vitrine.example/v/events?key=${site.writeKey}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ events: [makeEvent('ada', 'product_viewed', { product_id: 'bag' })] }),
    });
    const answer = await worker.fetch(request as Parameters<typeof worker.fetch>[0], full, createExecutionContext());
    expect(answer.status).toBe(503);
    expect(await counts(site, 'a/ada')).toEqual({});
  });
});
