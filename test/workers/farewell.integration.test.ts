import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it, vi } from 'vitest';
import type { Ledger } from '../../core/identity/ledger.ts';
import { DAY_MS } from '../../core/time.ts';
import { PROFILE_KEY } from '../../durable-objects/user-profile/schema.ts';
import type { UserProfile } from '../../durable-objects/user-profile/user-profile.ts';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import { makeMessage } from './deliver.ts';
import { PATIENCE } from './eventually.ts';
import { makeEvent, makeSite, send, type TestSite } from './site.ts';
import { rollupsOf } from './stores.ts';

const PHONE: Ledger = 'a/the-phone';
const HOME: Ledger = 'u/zoe-lund';

/** A device that is linked to a user, whose home holds its snapshot. */
async function linkedDevice(): Promise<TestSite> {
  const site = await makeSite();
  const event = { ...makeEvent('the-phone', 'identify'), userId: 'zoe-lund' };
  await send('/v/events', {
    method: 'POST',
    headers: { authorization: `Bearer ${site.secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ events: [event] }),
  });
  await vi.waitUntil(async () => (await rollupsOf(site.id)).identify === 1, PATIENCE);
  return site;
}

/** Makes the device's last event and link older than a profile lives. */
async function age(site: TestSite): Promise<void> {
  const phone = profileStub(env, site.id, PHONE);
  await runInDurableObject(phone, (_instance, { storage }) => {
    const stored = storage.kv.get<{ state: string }>(PROFILE_KEY);
    const aged = JSON.parse(stored?.state ?? '');
    aged.at = aged.at.map((time: number) => time - 396 * DAY_MS);
    storage.kv.put(PROFILE_KEY, { ...stored, state: JSON.stringify(aged) });
  });
  await env.DB.prepare('UPDATE device_links SET time = time - ? WHERE site = ?')
    .bind(396 * DAY_MS, site.id)
    .run();
  await evictDurableObject(phone);
}

/** The profiles' objects, where a home that is `asked` to let go waits for `until` and then goes on as it says. */
function profilesBehind(until: Promise<unknown>, asked: () => void): Env {
  const USER_PROFILE = new Proxy(env.USER_PROFILE, {
    get(namespace, name) {
      const value: unknown = Reflect.get(namespace, name, namespace);
      if (name !== 'get') return typeof value === 'function' ? value.bind(namespace) : value;
      return (id: DurableObjectId) => ({
        releaseLedger: async (leave: Parameters<UserProfile['releaseLedger']>[0]) => {
          asked();
          await until;
          await namespace.get(id).releaseLedger(leave);
        },
      });
    },
  });
  return { ...env, USER_PROFILE };
}

const leave: Record<'erase' | 'expire', (instance: UserProfile, site: TestSite) => Promise<void>> = {
  erase: async (instance) => {
    await instance.erase({ v: 1, erasedAt: Date.now() - 90_000, assignment: 1_000, later: 'anew' });
  },
  expire: (instance) => instance.alarm(),
};

describe.for(['erase', 'expire'] as const)('a ledger that goes (%s)', (kind) => {
  it.for([
    ['answers late', false],
    ['refuses at first', true],
  ] as const)(
    'keeps what is counted while its home %s, and the home lets go of it',
    async ([, refuses], { expect }) => {
      const site = await linkedDevice();
      if (kind === 'expire') await age(site);
      const phone = profileStub(env, site.id, PHONE);
      const home = profileStub(env, site.id, HOME);
      const countsAtHome = async () => (await home.readHere()).value.counts;
      expect(await countsAtHome()).toEqual({ identify: 1 });

      const asked = Promise.withResolvers<void>();
      const gate = Promise.withResolvers<void>();
      await runInDurableObject(phone, async (instance) => {
        const { held } = instance as unknown as { held: { env: Env } };
        held.env = profilesBehind(gate.promise, asked.resolve);
        const going = leave[kind](instance, site);
        const ended = going.then(
          () => 'done',
          () => 'failed',
        );
        await asked.promise;
        const { outcomes } = await instance.apply([makeMessage(site.id, 'the-phone', ['later'], { ledger: PHONE })]);
        expect(outcomes.flat()).toEqual(['counted']);
        if (refuses) gate.reject(new Error('the home is away'));
        else gate.resolve();
        expect(await ended).toBe(refuses ? 'failed' : 'done');
        held.env = env;
      });
      if (refuses) {
        expect(await countsAtHome()).toEqual({ identify: 1 });
        await evictDurableObject(phone);
        await runInDurableObject(phone, (instance) => instance.alarm());
      }
      await evictDurableObject(phone);
      expect((await phone.readHere()).value.counts).toEqual({ product_viewed: 1 });
      expect(await countsAtHome()).toEqual({});
      await runInDurableObject(phone, async (_instance, { storage }) => {
        expect(storage.kv.get('farewell')).toBeUndefined();
        // It waits for its own end again.
        expect(await storage.getAlarm()).not.toBeNull();
      });
    },
  );
});

describe('an erasure that runs again, since another store of it failed', () => {
  it('leaves what came after it, and a later one does not', async ({ expect }) => {
    const site = await linkedDevice();
    const phone = profileStub(env, site.id, PHONE);
    const erase = (erasedAt: number, assignment: number) => phone.erase({ v: 1, erasedAt, assignment, later: 'anew' });
    const counts = async () => (await phone.readHere()).value.counts;
    const first = Date.now() - 90_000;
    await erase(first, 1_000);
    expect(await counts()).toEqual({});
    await phone.apply([makeMessage(site.id, 'the-phone', ['later'], { ledger: PHONE })]);
    await erase(first, 1_000);
    await evictDurableObject(phone);
    await erase(first, 1_000);
    expect(await counts()).toEqual({ product_viewed: 1 });
    await erase(Date.now(), 1_001);
    expect(await counts()).toEqual({});
  });
});
