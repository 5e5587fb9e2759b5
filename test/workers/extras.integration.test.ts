import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { publishModel, rollbackModel } from '../../jobs/publish/publish-model.ts';
import { readCurrent } from '../../stores/model/current-model.ts';
import { feedSessions } from '../../stores/model/feed-sessions.ts';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import { deliver, makeMessage } from './deliver.ts';
import { eventually } from './eventually.ts';
import { makeSite, send } from './site.ts';
import { rollupsOf } from './stores.ts';

/** A binding whose method refuses calls that `refuses` picks. */
function refusing<T extends object>(binding: T, method: string, refuses: (...args: never[]) => boolean): T {
  return new Proxy(binding, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const bound = value.bind(target);
      if (name !== method) return bound;
      return (...args: never[]) => (refuses(...args) ? Promise.reject(new Error(`${method} refuses`)) : bound(...args));
    },
  });
}
const sessions = (count: number, items: (n: number) => string[]) =>
  Array.from({ length: count }, (_, n) => ({ id: `${n}`, version: 1, endedAt: Date.now() - n, items: items(n) }));
const blocksOf = async (site: string) =>
  (await env.MODELS.list({ prefix: `models/${site}/blocks/` })).objects.map(({ key }) => key).sort();

describe('a step beside the record that refuses', () => {
  it('holds its own message, and no neighbour’s: links, failed events, and an index that is away', async ({
    expect,
  }) => {
    const site = await makeSite();
    const linking = makeMessage(site.id, 'poison', ['1']);
    Object.assign(linking.events[0] ?? {}, { type: 'identify', proof: 'secret_key', userId: 'ann', properties: {} });
    const conflicting = makeMessage(site.id, 'twice', ['2']);
    await deliver([conflicting]);
    const other = makeMessage(site.id, 'twice', ['2']);
    Object.assign(other.events[0] ?? {}, { fingerprint: 99 });
    const good = ['a', 'b', 'c'].map((who) => makeMessage(site.id, who, [who]));
    const broken: Env = {
      ...env,
      LAKE: refusing(env.LAKE, 'put', (key: string) => String(key).startsWith('failed/')),
      SESSION_INDEX: new Proxy(env.SESSION_INDEX, {
        get(namespace, name) {
          if (name === 'get') return () => ({ apply: () => Promise.reject(new Error('the index is away')) });
          const value: unknown = Reflect.get(namespace, name, namespace);
          return typeof value === 'function' ? value.bind(namespace) : value;
        },
      }),
      USER_PROFILE: new Proxy(env.USER_PROFILE, {
        get(namespace, name) {
          const value: unknown = Reflect.get(namespace, name, namespace);
          if (name !== 'get') return typeof value === 'function' ? value.bind(namespace) : value;
          return (id: DurableObjectId) => {
            const stub = namespace.get(id);
            return {
              apply: (...args: Parameters<typeof stub.apply>) => stub.apply(...args),
              assign: () => Promise.reject(new Error('the link is refused')),
            };
          };
        },
      }),
    };
    const { acked, retried } = await deliver([linking, ...good, other], broken);
    expect([acked, retried]).toEqual([
      ['q1', 'q2', 'q3'],
      ['q0', 'q4'],
    ]);
    expect(await rollupsOf(site.id)).toEqual({ product_viewed: 4 });
    expect((await deliver([linking, other])).acked).toEqual(['q0', 'q1']);
    expect(await rollupsOf(site.id)).toEqual({ product_viewed: 4, identify: 1 });
    expect((await profileStub(env, site.id, 'u/ann').readHere()).value.counts).toEqual({ identify: 1 });
  });
});

describe('dead letters', () => {
  it('come back with one command, count once, and leave nothing behind', async ({ expect }) => {
    const site = await makeSite();
    const [counted, lost] = [makeMessage(site.id, 'ann', ['1']), makeMessage(site.id, 'bob', ['2'])];
    await deliver([counted]);
    await deliver([counted, lost], env, 'vitrine-events-dead');
    const recover = async () =>
      (
        await send('/api/failed-events/recover', {
          method: 'POST',
          headers: { authorization: `Bearer ${site.secretKey}` },
        })
      ).json();
    expect(await recover()).toEqual({ recovered: 2, done: true });
    expect(await recover()).toEqual({ recovered: 0, done: true });
    await eventually(async () => expect(await rollupsOf(site.id)).toEqual({ product_viewed: 2 }));
    expect((await env.LAKE.list({ prefix: `failed/site=${site.id}/` })).objects).toEqual([]);
  });
});

describe('a model', () => {
  it('of products with long names is cut into blocks that can be served', async ({ expect }) => {
    const site = await makeSite();
    const long = (n: number) => `${n}-`.padEnd(256, '漢');
    for (let part = 0; part < 3; part += 1)
      await feedSessions(
        env,
        site.id,
        sessions(500, (n) => Array.from({ length: 20 }, (_, at) => long(part * 10_000 + n * 20 + at))).map(
          (session) => ({
            ...session,
            id: `${part}-${session.id}`,
          }),
        ),
      );
    const published = await publishModel(env, site.id);
    expect(published).toMatchObject({ ok: true });
  }, 180_000);

  it('that is refused leaves no block behind, and the next one that is right passes', async ({ expect }) => {
    const site = await makeSite();
    await feedSessions(
      env,
      site.id,
      sessions(1_200, (n) => [`p${n % 50}`, `p${(n + 1) % 50}`]),
    );
    expect(await publishModel(env, site.id)).toMatchObject({ ok: true });
    const before = await blocksOf(site.id);
    await feedSessions(
      env,
      site.id,
      sessions(6_000, (n) => [`q${n % 70}`, `q${(n + 1) % 70}`]).map((session) => ({
        ...session,
        id: `new-${session.id}`,
      })),
    );
    expect(await publishModel(env, site.id)).toMatchObject({ ok: false });
    expect(await blocksOf(site.id)).toEqual(before);
    expect(await publishModel(env, site.id, true)).toMatchObject({ ok: true });
  }, 60_000);

  it('that was rolled back stays so, whatever publish was under way', async ({ expect }) => {
    const site = await makeSite();
    const publish = (under: Env = env) => publishModel(under, site.id);
    for (const item of ['a', 'b']) {
      await feedSessions(env, site.id, [{ id: item, version: 1, endedAt: Date.now(), items: [item, 'x'] }]);
      await publish();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const [newest, first] = [
      (await readCurrent(env, site.id))?.manifest,
      (await readCurrent(env, site.id))?.previous[0],
    ];
    await feedSessions(env, site.id, [{ id: 'c', version: 1, endedAt: Date.now(), items: ['c', 'x'] }]);
    // The rollback comes when the publish has read what is current and has not written yet.
    let rolled = false;
    const slow: Env = {
      ...env,
      MODELS: new Proxy(env.MODELS, {
        get(bucket, name) {
          const value: unknown = Reflect.get(bucket, name, bucket);
          if (name !== 'put') return typeof value === 'function' ? value.bind(bucket) : value;
          return async (key: string, ...rest: unknown[]) => {
            if (key.endsWith('current.json') && !rolled) {
              rolled = true;
              await rollbackModel(env, site.id);
            }
            return Reflect.apply(value as (...args: unknown[]) => unknown, bucket, [key, ...rest]);
          };
        },
      }),
    };
    expect(await publish(slow)).toEqual({ ok: false, refusals: ['the model was changed meanwhile'], busy: true });
    const current = await readCurrent(env, site.id);
    expect([current?.held, current?.manifest.version]).toEqual([true, first?.version]);
    expect(newest?.version).not.toBe(first?.version);
  });
});
