import { evictDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { RANKER_CHOICES } from '../../core/recommend/ranker-choice.ts';
import type { SessionUpdate } from '../../core/recommend/session-update.ts';
import { fitSite, installRanker } from '../../jobs/fit/fit-site.ts';
import { fitSites } from '../../jobs/fit/fit-sites.ts';
import { publishModel } from '../../jobs/publish/publish-model.ts';
import { readCurrent } from '../../stores/model/current-model.ts';
import { feedSessions } from '../../stores/model/feed-sessions.ts';
import { servingShards } from '../../stores/model/serving-shards.ts';
import { eventually } from './eventually.ts';
import { aRun, asVisitor, makeEvent, makeSite, postEvents, send, type TestSite } from './site.ts';

const secret = (site: TestSite) => ({ authorization: `Bearer ${site.secretKey}` });
const modelOf = async (site: TestSite) =>
  (await send('/api/model', { headers: secret(site) })).json<{
    version: number;
    ranker: { origin: string; usable?: number };
    fit?: { state: string; why?: string };
  }>();
const treesOf = async (site: TestSite) =>
  ((await readCurrent(env, site.id))?.manifest.ranker as { trees?: unknown } | undefined)?.trees;

/** The site's metrics by name and labels, without the site's. */
async function metricsOf(site: TestSite): Promise<Record<string, number>> {
  const text = await (await send('/metrics', { headers: secret(site) })).text();
  const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    series.map((line) => {
      const [name = '', value] = line.split(' ');
      return [name.replace(`site="${site.id}",`, '').replace(`site="${site.id}"`, ''), Number(value)];
    }),
  );
}

/**
 * Sessions of a shop whose visitors look at four products, more at the popular ones, and then always go back to the first one: what no other
 * shop's ranker knows.
 */
function homecoming(many: number): SessionUpdate[] {
  let state = 1;
  const random = () => {
    state = Math.imul(state, 48_271) % 0x7fffffff;
    return Math.abs(state) / 0x7fffffff;
  };
  return Array.from({ length: many }, (_, n) => {
    const looked = Array.from({ length: 4 }, () => `p${Math.floor(random() ** 2 * 40)}`);
    return { id: `s${n}`, version: 1, endedAt: Date.now() - (many - n) * 60_000, items: [...looked, looked[0] ?? ''] };
  });
}

async function shop(sessions: SessionUpdate[]): Promise<TestSite> {
  const site = await makeSite();
  const lines = Array.from({ length: 40 }, (_, n) => JSON.stringify({ id: `p${n}`, title: `P ${n}`, url: `/p/${n}` }));
  await send('/api/catalog', { method: 'POST', headers: secret(site), body: lines.join('\n') });
  await feedSessions(env, site.id, sessions);
  await publishModel(env, site.id);
  return site;
}

describe('a site’s ranker', () => {
  it('is fitted on its own log, serves at once, and says what it gained', { timeout: 60_000 }, async ({ expect }) => {
    const site = await shop(homecoming(1_500));
    expect(await modelOf(site)).toMatchObject({
      ranker: { origin: 'prior', fittedOn: expect.stringContaining('Diginetica') },
    });
    const fit = await send('/api/model/fit', { method: 'POST', headers: secret(site) });
    const { checked, ...outcome } = await fit.json<{
      checked: { present: { mrr20: number }; fitted: { mrr20: number } };
    }>();
    expect([fit.status, outcome]).toMatchObject([200, { state: 'ended', why: 'better' }]);
    expect(checked.fitted.mrr20).toBeGreaterThan(checked.present.mrr20);
    expect(await modelOf(site)).toMatchObject({ ranker: { origin: 'own' }, fit: { state: 'ended', why: 'better' } });
    expect(await metricsOf(site)).toMatchObject({
      'vitrine_ranker_own{}': 1,
      'vitrine_ranker_fit_running{}': 0,
      'vitrine_ranker_fit_outcome{outcome="better"}': 1,
      'vitrine_ranker_fit_outcome{outcome="not_better"}': 0,
      'vitrine_ranker_reciprocal_rank_ratio{ranker="before"}': checked.present.mrr20,
      'vitrine_ranker_reciprocal_rank_ratio{ranker="fitted"}': checked.fitted.mrr20,
      'vitrine_model_sessions{}': 1_500,
      'vitrine_index_build_running{}': 0,
    });
    expect((await env.MODELS.list({ prefix: `models/${site.id}/fit/` })).objects).toEqual([]);
    // A rule, or a variant of an experiment, has another one order what sessions bring.
    const rules = RANKER_CHOICES.map((ranker) => ({
      name: ranker,
      slots: [ranker],
      actions: [{ do: 'ranker', ranker }],
    }));
    for (const [method, path, body] of [
      ['PUT', 'draft', JSON.stringify({ rules })],
      ['POST', 'publish', '{}'],
    ] as const)
      expect((await send(`/api/merchandising/${path}`, { method, headers: secret(site), body })).status).toBe(200);
    const similarTo = async (slot: string) => {
      const query = new URLSearchParams({ key: site.writeKey, strategy: 'similar', item: 'p3', slot, limit: '12' });
      const answer = await send(`/v/recommendations?${query}`);
      return (await answer.json<{ items: { id: string }[] }>()).items.map(({ id }) => id).join();
    };
    const [own, shipped, none, unruled] = await eventually(async () => {
      const orders = [];
      for (const slot of [...RANKER_CHOICES, 'other']) orders.push(await similarTo(slot));
      expect(new Set(orders).size).toBe(3);
      return orders;
    });
    expect(unruled).toBe(own);
    expect(new Set([own, shipped, none]).size).toBe(3);
    // The next publish keeps it, and a rollback leads back from it.
    await feedSessions(env, site.id, [{ id: 'new', version: 1, endedAt: Date.now(), items: ['p1', 'p2'] }]);
    await publishModel(env, site.id);
    expect((await modelOf(site)).ranker.origin).toBe('own');
    const back = await Promise.all(
      [1, 2].map(() => send('/api/model/rollback', { method: 'POST', headers: secret(site) })),
    );
    expect(back.map(({ status }) => status)).toEqual([200, 200]);
    expect((await modelOf(site)).ranker.origin).toBe('prior');
  });

  it('goes on where a run ended or died, and becomes the same', { timeout: 60_000 }, async ({ expect }) => {
    const sessions = homecoming(900);
    const [whole, parts] = [await shop(sessions), await shop(sessions)];
    expect(await fitSite(env, whole.id, Date.now() + 60_000)).toMatchObject({ why: 'better' });
    // A store that refuses costs a run, and nothing of what was done.
    const refusing: Env = {
      ...env,
      MODELS: new Proxy(env.MODELS, {
        get(bucket, name) {
          if (name === 'get') return () => Promise.reject(new Error('R2 refuses'));
          const value: unknown = Reflect.get(bucket, name, bucket);
          return typeof value === 'function' ? value.bind(bucket) : value;
        },
      }),
    };
    let runs = 0;
    for (let outcome: unknown; outcome === undefined; runs += 1) {
      outcome = await fitSite(env, parts.id, 0);
      if (outcome === undefined && runs === 0) expect((await modelOf(parts)).fit).toEqual({ state: 'running' });
      if (outcome === undefined) {
        await expect(fitSite(refusing, parts.id, 0)).rejects.toThrow('R2 refuses');
        expect((await modelOf(parts)).fit).toEqual({ state: 'running' });
      }
      // One that does not run cannot be evicted.
      for (const stub of await servingShards(env, parts.id)) await evictDurableObject(stub).catch(() => undefined);
    }
    expect(runs).toBeGreaterThan(3);
    expect(await treesOf(parts)).toEqual(await treesOf(whole));
  });

  it('waits for enough to learn from, and is due again after a day', async ({ expect }) => {
    const site = await shop(homecoming(40));
    await fitSites(env, aRun());
    expect(await modelOf(site)).toMatchObject({ ranker: { origin: 'prior' }, fit: { why: 'too_few_sessions' } });
  });

  it('that is no good is refused, and the last good one serves', { timeout: 60_000 }, async ({ expect }) => {
    const site = await shop(homecoming(900));
    expect(await fitSite(env, site.id, Date.now() + 60_000)).toMatchObject({ why: 'better' });
    const before = await readCurrent(env, site.id);
    const good = before?.manifest.ranker as { trees: { values: number[] }; checked: Record<string, object> };
    const trees = (change: object) => ({ ...good, trees: { ...good.trees, ...change } });
    const bad: [unknown, RegExp][] = [
      [trees({ values: [Number.NaN, ...good.trees.values.slice(1)] }), /trees\.values/],
      [trees({ values: [1e300, ...good.trees.values.slice(1)] }), /trees\.values/],
      [{ ...good, site: 'another' }, /of site "another"/],
      [{ ...good, checked: { ...good.checked, fitted: { hr20: 0.1, mrr20: 0.01 } } }, /HR@20 0.1/],
      [{ ...good, more: 'x'.repeat(10 * 1024 * 1024) }, /at most 16384/],
      ['a text', /ranker/],
      [null, /ranker/],
    ];
    for (const [candidate, why] of bad) {
      const refusals = await installRanker(env, site.id, candidate);
      expect([why.source, Array.isArray(refusals) && refusals.some((text) => why.test(text))]).toEqual([
        why.source,
        true,
      ]);
    }
    expect(await readCurrent(env, site.id)).toEqual(before);

    // One that stands in the model all the same, by whatever way, serves nobody.
    const ask = async () =>
      (await send(`/v/recommendations?seen=show&${await asVisitor(site, 'ada')}`)).json<{
        tier: string;
        items: unknown[];
      }>();
    await postEvents(site, [makeEvent('ada', 'product_viewed', { product_id: 'p3' })]);
    const { etag: _, ...current } = before ?? { etag: '' };
    for (const [ranker] of bad) {
      const manifest = { ...before?.manifest, ranker };
      await env.MODELS.put(`models/${site.id}/current.json`, JSON.stringify({ ...current, manifest }));
      expect((await modelOf(site)).ranker.origin).toBe('prior');
      expect(await ask()).toMatchObject({ tier: 'live', items: expect.arrayContaining([expect.anything()]) });
    }
  });
});

describe('GET /metrics', () => {
  it('has what there is of a site without a model, in the text format', async ({ expect }) => {
    const site = await makeSite();
    const page = await send('/metrics', { headers: secret(site) });
    expect(page.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const metrics = await metricsOf(site);
    const counted = /^vitrine_(?:dead_letters|event_delay|events|read|reads|requests)_/;
    for (const [name, value] of Object.entries(metrics)) if (counted.test(name)) expect(value, name).toBe(0);
    expect(Object.fromEntries(Object.entries(metrics).filter(([name]) => !counted.test(name)))).toEqual({
      'vitrine_catalog_items{kind="all"}': 0,
      'vitrine_catalog_items{kind="shown"}': 0,
      'vitrine_alarms_open{}': 0,
      'vitrine_pulse_series{}': 0,
      'vitrine_leaked_keys{}': 0,
      'vitrine_shown_narrowing{}': 0,
      'vitrine_ranker_fit_running{}': 0,
      'vitrine_index_shards{}': 4,
      'vitrine_index_build_running{}': 0,
    });
  });

  it('is shown to nobody but who has the secret key', async ({ expect }) => {
    const site = await makeSite();
    expect((await send('/metrics')).status).toBe(401);
    expect((await send('/metrics', { headers: { 'x-vitrine-key': site.writeKey } })).status).toBe(403);
  });
});
