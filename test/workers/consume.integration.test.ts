import { evictDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import { recordRollups } from '../../stores/rollups/record-rollups.ts';
import { deliver, makeMessage } from './deliver.ts';
import { failedReasonsOf, lakeIdsOf, rollupsOf } from './stores.ts';

const newSite = () => `t-${crypto.randomUUID()}`;

/** The bindings, with one of them refusing. */
function without(name: 'DB' | 'LAKE', method: string): Env {
  const broken = new Proxy(env[name], {
    get(target, property) {
      if (property === method) return () => Promise.reject(new Error(`${name}.${method} is down`));
      const value = Reflect.get(target, property);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { ...env, [name]: broken };
}

describe('the consumer of events', () => {
  it('counts a message once, however often and in whatever company it is delivered', async ({ expect }) => {
    const site = newSite();
    const [a, b, c] = [
      makeMessage(site, 'ada', ['1', '2', '1']),
      makeMessage(site, 'bob', ['1']),
      makeMessage(site, 'ada', ['3']),
    ];
    for (const bodies of [[a, a], [a, b], [c, b, a], [b], [c, c]]) await deliver(bodies);
    expect(await rollupsOf(site)).toEqual({ product_viewed: 4 });
    expect(await lakeIdsOf(site)).toEqual(['a/ada/1', 'a/ada/2', 'a/ada/3', 'a/bob/1']);
    expect((await profileStub(env, site, 'a/ada').readHere()).value.counts).toEqual({ product_viewed: 3 });
  });

  it.for([
    ['the lake', 'LAKE', 'put'],
    ['D1', 'DB', 'batch'],
  ] as const)(
    'retries what it could not settle while %s refuses, and loses nothing',
    async ([, name, method], { expect }) => {
      const site = newSite();
      const message = makeMessage(site, 'ada', ['1', '2']);
      expect(await deliver([message], without(name, method))).toEqual({ acked: [], retried: ['q0'] });
      expect(await deliver([message])).toEqual({ acked: ['q0'], retried: [] });
      expect(await rollupsOf(site)).toEqual({ product_viewed: 2 });
      expect(await lakeIdsOf(site)).toEqual(['a/ada/1', 'a/ada/2']);
    },
  );

  it('counts once what two consumers count at the same time: the guard lets one write first', async ({ expect }) => {
    const site = newSite();
    const receivedAt = Math.floor(Date.now() / 10_000) * 10_000 + 1;
    const batches = Array.from({ length: 6 }, (_, n) => {
      const message = makeMessage(site, `visitor-${n}`, [`e${n}`], { receivedAt });
      return [{ message, outcomes: ['counted' as const] }];
    });
    // Each twice, as after a redelivery, and all of them in the same bucket of the guard.
    await Promise.all([...batches, ...batches].map((batch) => recordRollups(env, site, batch)));
    expect(await rollupsOf(site)).toEqual({ product_viewed: 6 });
  });

  it('counts an event under its first message only, when a client sent it in two', async ({ expect }) => {
    const site = newSite();
    const first = makeMessage(site, 'ada', ['1']);
    const second = {
      ...makeMessage(site, 'ada', ['2']),
      events: [...first.events, ...makeMessage(site, 'ada', ['2']).events],
    };
    await deliver([second]);
    await deliver([first]);
    expect(await rollupsOf(site)).toEqual({ product_viewed: 2 });
  });

  it('keeps a message that it cannot read as failed, acks it, and serves its neighbours', async ({ expect }) => {
    const site = newSite();
    const result = await deliver([{ v: 1, site, nonsense: true }, makeMessage(site, 'ada', ['1'])]);
    expect(result).toEqual({ acked: ['q0', 'q1'], retried: [] });
    expect(await failedReasonsOf(site)).toEqual(['unreadable_message']);
    expect(await rollupsOf(site)).toEqual({ product_viewed: 1 });
  });

  it('leaves what a newer build wrote to the newer build', async ({ expect }) => {
    const site = newSite();
    const result = await deliver([{ ...makeMessage(site, 'ada', ['1']), v: 99 }]);
    expect(result).toEqual({ acked: [], retried: ['q0'] });
    expect(await failedReasonsOf(site)).toEqual([]);
  });

  it('counts an order id once, with the later figures, whichever came first', async ({ expect }) => {
    const order = (site: string, id: string, seconds: number, total: number) => {
      const message = makeMessage(site, 'ada', [id]);
      return {
        ...message,
        events: message.events.map((event) => ({
          ...event,
          type: 'order_completed',
          time: event.time + seconds * 1000,
          properties: { order_id: 'o1', total, currency: 'EUR', products: [{ product_id: 'shirt' }] },
        })),
      };
    };
    for (const reversed of [false, true]) {
      const site = newSite();
      const messages = [order(site, 'client', 0, 10), order(site, 'server', 5, 12)];
      for (const message of reversed ? messages.reverse() : messages) await deliver([message]);
      const { results } = await env.DB.prepare('SELECT order_id, total FROM orders WHERE site = ?').bind(site).all();
      expect(results).toEqual([{ order_id: 'o1', total: 12 }]);
      expect(
        (await profileStub(env, site, 'a/ada').readHere()).value.orders.map(({ id, total }) => [id, total]),
      ).toEqual([['o1', 12]]);
    }
  });

  it('keeps what came to the dead-letter queue', async ({ expect }) => {
    const site = newSite();
    expect(await deliver([makeMessage(site, 'ada', ['1'])], env, 'vitrine-events-dead')).toEqual({
      acked: ['q0'],
      retried: [],
    });
    expect(await failedReasonsOf(site)).toEqual(['dead_letter']);
  });
});

describe('the profile object', () => {
  it('is rebuilt from storage after an eviction, dedup included', async ({ expect }) => {
    const site = newSite();
    const stub = profileStub(env, site, 'a/ada');
    const messages = [1, 2, 3].map((n) =>
      makeMessage(
        site,
        'ada',
        Array.from({ length: 200 }, (_, i) => `${n}-${i}`),
      ),
    );
    for (const message of messages) await stub.apply([message]);
    const before = await stub.exportState();
    await evictDurableObject(stub);
    expect(await stub.exportState()).toBe(before);
    for (const message of messages) {
      const { outcomes } = await stub.apply([{ ...message, id: crypto.randomUUID() }]);
      expect(new Set(outcomes.flat())).toEqual(new Set(['duplicate']));
    }
    expect(await stub.exportState()).toBe(before);
  });
});
