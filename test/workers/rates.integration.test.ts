import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { fnv1a } from '../../core/hash.ts';
import { countsOf, type SlotCounts } from '../../core/rates/place-counts.ts';
import { FEATURES } from '../../core/recommend/features.ts';
import type { OwnRanker } from '../../core/recommend/manifest.ts';
import { DAY_MS, HOUR_MS } from '../../core/time.ts';
import { compactSite } from '../../jobs/compact/compact-site.ts';
import { countExposures } from '../../jobs/exposure/count-exposures.ts';
import { renewRates } from '../../jobs/exposure/renew-rates.ts';
import { publishModel, rollbackModel } from '../../jobs/publish/publish-model.ts';
import { readCurrent } from '../../stores/model/current-model.ts';
import { feedSessions } from '../../stores/model/feed-sessions.ts';
import { heldRates, ratesBefore } from '../../stores/model/item-rates.ts';
import { WaitBudget } from '../../stores/wait-budget.ts';
import { deliver, makeMessage } from './deliver.ts';
import { eventually } from './eventually.ts';
import { aRun, makeSite, send, type TestSite } from './site.ts';

const TODAY = Math.floor(Date.now() / DAY_MS);
const secret = (site: TestSite) => ({ authorization: `Bearer ${site.secretKey}` });

interface Told {
  date: string | null;
  slots: {
    slot: string;
    places: number[];
    items: { item: string; seen: number; clicked: number; ordered: number; click: number }[];
  }[];
}
const ratesOf = async (site: TestSite, query = '') =>
  (await send(`/api/model/rates${query}`, { headers: secret(site) })).json<Told>();
const dateOf = (day: number) => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** One event of a visitor, as it stands in the queue. */
function happened(
  site: TestSite,
  visitor: string,
  type: string,
  time: number,
  properties: Record<string, unknown>,
  more: { position?: number; proven?: boolean; bot?: boolean } = {},
) {
  const { position, proven = type !== 'order_completed', bot = false } = more;
  const id = `${type}-${visitor}-${time}`;
  const message = makeMessage(site.id, visitor, [id], { client: { device: 'desktop', bot } });
  const decision = { id, decidedAt: time, strategy: 'for_you', tier: 'live', model: 1, trials: [], position };
  for (const event of message.events)
    Object.assign(event, { type, time, properties, fingerprint: fnv1a(id), ...(proven && { decision }) });
  return message;
}
const products = (...ids: string[]) => ({ products: ids.map((id) => ({ product_id: id })) });

describe('rates of products', () => {
  it('are counted from the lake once a day is over: what was proven, by people, and bought after it', async ({
    expect,
  }) => {
    const site = await makeSite();
    expect(await ratesOf(site)).toEqual({ date: null, slots: [] });
    const at = (TODAY - 1) * DAY_MS + 5 * HOUR_MS;
    const home = { slot: 'home', ...products('p1', 'p2') };
    const click = { slot: 'home', product_id: 'p2' };
    const order = { order_id: 'o', ...products('p2', 'p1') };
    await deliver([
      happened(site, 'ann', 'recommendation_shown', at, home),
      happened(site, 'ann', 'recommendation_clicked', at + 1, click, { position: 2 }),
      happened(site, 'ann', 'order_completed', at + 2, order),
      happened(site, 'bob', 'recommendation_shown', at, { ...home, slot: 'cart' }),
      happened(site, 'bob', 'order_completed', at + 2, order),
      happened(site, 'cy', 'recommendation_shown', at, home, { proven: false }),
      happened(site, 'cy', 'recommendation_clicked', at + 1, click, { position: 2, proven: false }),
      happened(site, 'robot', 'recommendation_shown', at, home, { bot: true }),
      happened(site, 'old', 'recommendation_shown', at - DAY_MS, home),
    ]);
    await compactSite(env, site.id, Number.POSITIVE_INFINITY, Date.now() + 60_000);
    const settled = TODAY * DAY_MS + 3 * HOUR_MS;
    await countExposures(env, aRun(settled - DAY_MS));
    expect(await ratesOf(site)).toMatchObject({
      date: dateOf(TODAY - 2),
      slots: [
        {
          slot: 'home',
          items: [
            { item: 'p1', seen: 1, clicked: 0 },
            { item: 'p2', seen: 1, clicked: 0 },
          ],
        },
      ],
    });
    // A run that dies after the rates are written counts the day again, and once.
    for (let runs = 0; runs < 2; runs += 1) {
      await env.DB.prepare('DELETE FROM exposure_days WHERE site = ? AND day = ?')
        .bind(site.id, TODAY - 1)
        .run();
      await countExposures(env, aRun(settled));
    }
    const { date, slots } = await ratesOf(site, '?limit=2');
    expect([date, slots.map(({ slot }) => slot).sort()]).toEqual([dateOf(TODAY - 1), ['cart', 'home']]);
    const found = slots
      .find(({ slot }) => slot === 'home')
      ?.items.map((one) => [one.item, one.seen, one.clicked, one.ordered]);
    expect(found?.sort()).toEqual([
      ['p1', expect.closeTo(1 + 2 ** (-1 / 30), 2), 0, 0],
      ['p2', expect.closeTo(1 + 2 ** (-1 / 30), 2), 1, 1],
    ]);
    expect(await ratesOf(site, '?slot=cart&limit=1')).toMatchObject({
      slots: [{ slot: 'cart', items: [{ ordered: 0 }] }],
    });
    expect((await send('/api/model/rates?limit=none', { headers: secret(site) })).status).toBe(400);
  });

  it('are kept for ninety days, and told as of before a time', async ({ expect }) => {
    const site = await makeSite();
    const one = (): SlotCounts => {
      const counts: SlotCounts = new Map();
      countsOf(counts, 'home', 'p1').seen.push(1);
      return counts;
    };
    for (const day of [100, 101, 150, 192]) await renewRates(env, site.id, day, one());
    const days = async (times: number[]) =>
      Promise.all(times.map(async (time) => (await ratesBefore(env, site.id, time))?.day));
    expect(await days([100, 103, 151, 150.9, 193, 500].map((day) => day * DAY_MS))).toEqual([
      undefined,
      undefined,
      150,
      undefined,
      192,
      192,
    ]);
    const { objects } = await env.MODELS.list({ prefix: `rates/${site.id}/` });
    expect(objects.map(({ key }) => key.split('/').at(-1)).sort()).toEqual([
      'counts-000000150.json',
      'counts-000000192.json',
      'rates-000000150.json',
      'rates-000000192.json',
    ]);
  });

  it('are what a ranker is fitted on, as they were before its questions, and serves by, slot by slot', {
    timeout: 60_000,
  }, async ({ expect }) => {
    const site = await makeSite();
    const lines = Array.from({ length: 40 }, (_, n) =>
      JSON.stringify({ id: `p${n}`, title: `P ${n}`, url: `/p/${n}` }),
    );
    await send('/api/catalog', { method: 'POST', headers: secret(site), body: lines.join('\n') });
    let state = 1;
    const random = (below: number) => {
      state = Math.imul(state, 48_271) % 0x7fffffff;
      return Math.floor((Math.abs(state) / 0x7fffffff) * below);
    };
    // Long ago everything came after everything; lately visitors take what slots have shown to be liked, which only the rates tell.
    const liked = (id: number) => id % 5 === 0;
    const sessions = Array.from({ length: 1_700 }, (_, n) => {
      const isNew = n >= 1_450;
      const next = () => `p${isNew ? random(8) * 5 : random(40)}`;
      const endedAt = (isNew ? TODAY - 1 : TODAY - 8) * DAY_MS + n * 1_000;
      return { id: `s${n}`, version: 1, endedAt, items: [`p${random(40)}`, next(), next(), next()] };
    });
    await feedSessions(env, site.id, sessions);
    await publishModel(env, site.id);
    const counts = (clicks: (id: number, slot: string) => number): SlotCounts => {
      const all: SlotCounts = new Map();
      for (const slot of ['home', 'cart'])
        for (let id = 0; id < 40; id += 1)
          Object.assign(countsOf(all, slot, `p${id}`), { seen: [1_000], clicked: [clicks(id, slot)], ordered: 0 });
      return all;
    };
    await renewRates(
      env,
      site.id,
      TODAY - 4,
      counts((id) => (liked(id) ? 200 : 20)),
    );
    // What is known only after the questions says the opposite, and must not be learnt from.
    await renewRates(
      env,
      site.id,
      TODAY - 1,
      counts((id) => (liked(id) ? 0 : 5_000)),
    );
    const fit = await send('/api/model/fit', { method: 'POST', headers: secret(site) });
    expect(await fit.json()).toMatchObject({ why: 'better' });
    const ranker = (await readCurrent(env, site.id))?.manifest.ranker as OwnRanker;
    expect(ranker.trees.features).toContain(FEATURES.indexOf('click_rate'));
    expect(ranker.checked.fitted.mrr20).toBeGreaterThan(1.5 * ranker.checked.present.mrr20);

    // Then what serves: a day on which the cart's visitors liked others.
    await renewRates(
      env,
      site.id,
      TODAY,
      counts((id, slot) => (slot === 'cart' ? (id % 5 === 1 ? 90_000 : 10) : liked(id) ? 90_000 : 10)),
    );
    const best = async (slot: string) => {
      const query = new URLSearchParams({ key: site.writeKey, strategy: 'similar', item: 'p3', slot, limit: '6' });
      const answer = await (await send(`/v/recommendations?${query}`)).json<{ items: { id: string }[] }>();
      return answer.items.map(({ id }) => Number(id.slice(1)) % 5);
    };
    await eventually(async () => {
      expect((await best('home')).filter((rest) => rest === 0).length).toBeGreaterThan(4);
      expect((await best('cart')).filter((rest) => rest === 1).length).toBeGreaterThan(4);
    });
    // A publish keeps them; without the file, or with a broken one, all products are average.
    await feedSessions(env, site.id, [{ id: 'new', version: 1, endedAt: Date.now(), items: ['p1', 'p2'] }]);
    await publishModel(env, site.id);
    const kept = (await readCurrent(env, site.id))?.manifest.rates;
    expect(kept?.day).toBe(TODAY);
    await env.MODELS.put('rates/broken.json', '{"v":1');
    for (const key of ['rates/missing.json', 'rates/broken.json'])
      expect(await heldRates(env, key, new WaitBudget(100))).toBeUndefined();
    // What a rollback holds is not renewed either.
    const held = await rollbackModel(env, site.id);
    await renewRates(
      env,
      site.id,
      TODAY + 1,
      counts(() => 5),
    );
    expect((await readCurrent(env, site.id))?.manifest).toEqual(held);
  });
});
