import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { DecisionSigner } from '../../core/decisions/decision-token.ts';
import type { ExperimentDefinition, ExperimentState } from '../../core/experiments/definition.ts';
import type { Results } from '../../core/experiments/results.ts';
import type { Ledger } from '../../core/identity/ledger.ts';
import { decodeState } from '../../core/profile/encode-state.ts';
import type { PersonStandings } from '../../core/profile/person-standings.ts';
import { standingsOf } from '../../core/profile/standing.ts';
import { TallyStore } from '../../durable-objects/experiment-tally/tally-store.ts';
import { allocateExperiments } from '../../jobs/allocate/allocate-experiments.ts';
import { compactSite } from '../../jobs/compact/compact-site.ts';
import { compareStandings, standingsInLake } from '../../jobs/reconcile/compare-standings.ts';
import { tallyStub } from '../../stores/experiments/tally-stub.ts';
import { listPartitions } from '../../stores/lake/partitions.ts';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import { findSite } from '../../stores/sites/site.ts';
import { deliver, makeMessage } from './deliver.ts';
import { eventually } from './eventually.ts';
import { aRun, asVisitor, makeEvent, makeSite, postEvents, send, type TestSite } from './site.ts';

const secret = (site: TestSite) => ({ authorization: `Bearer ${site.secretKey}`, 'content-type': 'application/json' });
interface View {
  number: number;
  state: ExperimentState;
  version: number;
  code?: string;
  detail?: string;
}
const call = async <T = View>(site: TestSite, method: string, path: string, body?: unknown) => {
  const response = await send(`/api/experiments${path}`, {
    method,
    headers: secret(site),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (response.status === 204 ? undefined : await response.json()) as T };
};

async function shop(): Promise<TestSite> {
  const site = await makeSite();
  const rows = ['a', 'b', 'c', 'd', 'e', 'f'].map((id, at) => ({
    ...{ id, title: `Product ${id}`, url: `/p/${id}`, price: `${10 * (at + 1)} EUR` },
  }));
  const uploaded = await send('/api/catalog', {
    method: 'POST',
    headers: secret(site),
    body: rows.map((row) => JSON.stringify(row)).join('\n'),
  });
  await uploaded.arrayBuffer();
  return site;
}

const HERO = {
  name: 'hero',
  slots: ['home'],
  variants: [{ name: 'as-it-is' }, { name: 'f-first', actions: [{ do: 'pin', items: ['f'] }] }],
};
const start = async (site: TestSite, definition: object) => {
  const made = await call(site, 'POST', '', definition);
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return call(site, 'POST', `/${made.body.number}/start`, { note: 'go' });
};

interface Shown {
  decision?: string;
  strategy: string;
  tier: string;
  reason: string;
  items: { id: string }[];
}
const read = async (site: TestSite, device: string, query = 'slot=home&strategy=trending&limit=3') =>
  (await send(`/v/recommendations?${await asVisitor(site, device)}&${query}`)).json<Shown>();
const shownEvent = (device: string, { decision, items }: Shown, slot = 'home') =>
  makeEvent(device, 'recommendation_shown', {
    ...{ slot, decision, products: items.map(({ id }) => ({ product_id: id })) },
  });
const clickedEvent = (device: string, { decision }: Shown, product: string) =>
  makeEvent(device, 'recommendation_clicked', { slot: 'home', product_id: product, decision });
const orderEvent = (device: string, id: string, total: number, product = 'f') =>
  makeEvent(device, 'order_completed', { order_id: id, total, currency: 'EUR', products: [{ product_id: product }] });
/** A device to which chance gives a variant of the first experiment. */
const deviceIn = async (site: TestSite, variant: number) => {
  for (let n = 0; ; n += 1) {
    const shown = await read(site, `dev-${variant}-${n}`);
    if ((shown.items[0]?.id === 'f') === (variant === 1)) return { device: `dev-${variant}-${n}`, shown };
  }
};
const resultsOf = async (site: TestSite) =>
  (await call<Results & { looks: unknown[] }>(site, 'GET', '/hero/results')).body;
/** Visitors, impressions, clicks, orders, revenue and attributed revenue of each variant. */
const figures = async (site: TestSite) =>
  (await resultsOf(site)).variants.map(({ visitors, shown, totals }) => [
    ...[visitors, shown, totals.clicks, totals.orders, totals.revenue, totals.attributed_revenue],
  ]);

describe('an experiment', () => {
  it('is drafted, started, paused and ended, each step once and written down, and says what is wrong with it', async ({
    expect,
  }) => {
    const site = await shop();
    const wrong = await call(site, 'POST', '', {
      ...HERO,
      audience: 'visitor.orderz > 0',
      variants: [{ name: 'a' }, { name: 'b', actions: [{ do: 'boost', where: 'item.prize > 2' }] }],
    });
    expect(wrong.status).toBe(400);
    expect(wrong.body.detail).toContain('variants.1.actions.0.where: item has no "prize"');
    expect(wrong.body.detail).toContain('audience: visitor has no "orderz"');
    const twice = await call(site, 'POST', '', { ...HERO, variants: [{ name: 'a' }, { name: 'a' }] });
    expect(twice.body.detail).toContain('variants.1.name: "a" is there already');
    expect((await call(site, 'POST', '', HERO)).body).toMatchObject({ number: 1, state: 'draft', version: 1 });
    expect((await call(site, 'POST', '', HERO)).body.code).toBe('name_taken');
    expect((await read(site, 'x')).items.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect((await call(site, 'PUT', '/hero', { ...HERO, traffic: 0.5 })).body.version).toBe(2);
    expect((await call(site, 'POST', '', { ...HERO, name: 'other' })).body.number).toBe(2);
    expect((await call(site, 'PUT', '/other', HERO)).body.code).toBe('name_taken');
    expect((await call(site, 'PUT', '/other', { ...HERO, name: 'renamed' })).body.version).toBe(2);
    expect((await call(site, 'DELETE', '/renamed')).status).toBe(204);
    expect((await call(site, 'GET', '/other')).status).toBe(404);
    const starts = await Promise.all([call(site, 'POST', '/hero/start'), call(site, 'POST', '/hero/start')]);
    expect(starts.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await call(site, 'PUT', '/hero', HERO)).body.code).toBe('wrong_state');
    expect((await call(site, 'DELETE', '/hero')).body.code).toBe('wrong_state');
    expect((await call(site, 'POST', '/hero/pause', { note: 'a doubt' })).body.state).toBe('paused');
    expect((await call(site, 'POST', '/1/resume')).body.state).toBe('running');
    expect((await call(site, 'POST', '/1/end')).body).toMatchObject({ state: 'ended', version: 6 });
    const { history } = (
      await call<{ history: { action: string; note: string | null }[] }>(site, 'GET', '/hero/history')
    ).body;
    expect(history.map(({ action, note }) => [action, note])).toEqual([
      ...[
        ['ended', null],
        ['resumed', null],
        ['paused', 'a doubt'],
        ['started', null],
        ['changed', null],
      ],
      ['created', null],
    ]);
    const other = await shop();
    expect((await call(other, 'GET', '/hero')).status).toBe(404);
    expect((await call<{ experiments: View[] }>(other, 'GET', '')).body.experiments).toEqual([]);
  });

  it('that this build cannot read decides nothing, and takes no rule with it', async ({ expect }) => {
    const site = await shop();
    await start(site, HERO);
    await env.DB.prepare("UPDATE experiments SET definition = '{}' WHERE site = ?").bind(site.id).run();
    const headers = secret(site);
    const document = JSON.stringify({ rules: [{ name: 'pin', actions: [{ do: 'pin', items: ['e'] }] }] });
    await send('/api/merchandising/draft', { method: 'PUT', headers, body: document });
    expect((await send('/api/merchandising/publish', { method: 'POST', headers, body: '{}' })).status).toBe(200);
    expect((await read(site, 'anybody')).items[0]?.id).toBe('e');
  });

  it('that runs is not broken by what is published, nor by going back', async ({ expect }) => {
    const site = await shop();
    const publish = async (content: Record<string, object>) => {
      const document = JSON.stringify({ slots: { home: { content } } });
      await send('/api/merchandising/draft', { method: 'PUT', headers: secret(site), body: document });
      return send('/api/merchandising/publish', { method: 'POST', headers: secret(site), body: '{}' });
    };
    const spring = { title: { en: 'Spring' } };
    expect((await publish({})).status).toBe(200);
    expect((await publish({ spring })).status).toBe(200);
    const variants = [{ name: 'as-it-is' }, { name: 'banner', actions: [{ do: 'content', content: 'spring' }] }];
    expect((await start(site, { ...HERO, variants })).status).toBe(200);
    const refused = await publish({ summer: spring });
    expect([refused.status, await refused.json()]).toMatchObject([
      409,
      {
        code: 'breaks_experiment',
        detail: expect.stringMatching(/"hero" could not go on: there is no content "spring"/),
      },
    ]);
    const back = await send('/api/merchandising/rollback', {
      method: 'POST',
      headers: secret(site),
      body: JSON.stringify({ version: 1 }),
    });
    expect([back.status, await back.json()]).toMatchObject([409, { code: 'breaks_experiment' }]);
    expect((await publish({ summer: spring, spring })).status).toBe(200);
    // Once it has ended nothing holds anybody up.
    await call(site, 'POST', '/hero/end');
    expect((await publish({ summer: spring })).status).toBe(200);
  });

  it('shares a layer with others until it is full', async ({ expect }) => {
    const site = await shop();
    const share = (name: string, traffic: number) => start(site, { ...HERO, name, layer: 'home', traffic });
    expect((await share('one', 0.6)).status).toBe(200);
    expect((await share('two', 0.5)).body.code).toBe('layer_full');
    expect((await share('three', 0.4)).status).toBe(200);
    await call(site, 'POST', '/one/end');
    expect((await call(site, 'POST', '/two/start')).status).toBe(200);
  });

  it('gives a visitor one variant, which a login does not switch, and what he saw comes back once', async ({
    expect,
  }) => {
    const site = await shop();
    await start(site, HERO);
    const { device, shown } = await deviceIn(site, 1);
    for (let again = 0; again < 5; again += 1) expect((await read(site, device)).items[0]?.id).toBe('f');
    expect(shown.decision?.length).toBeLessThanOrEqual(120);
    const click = clickedEvent(device, shown, 'f');
    const storm = [shownEvent(device, shown), click, click, { ...click, id: 'another-id' }, shownEvent(device, shown)];
    await postEvents(site, storm);
    await postEvents(site, [...storm, orderEvent(device, 'o1', 60)]);
    await eventually(async () =>
      expect(await figures(site)).toEqual([
        [0, 0, 0, 0, 0, 0],
        [1, 1, 1, 1, 60, 60],
      ]),
    );
    // Chance would have given this user the other variant, on a device of its own too.
    const user = await (async () => {
      for (let n = 0; ; n += 1) {
        const query = `userId=user-${n}&slot=home&strategy=trending&limit=3`;
        const { items } = await (await send(`/v/recommendations?${query}`, { headers: secret(site) })).json<Shown>();
        if (items[0]?.id === 'a') return `user-${n}`;
      }
    })();
    const identify = (anonymousId: string) => ({ ...makeEvent(anonymousId, 'identify'), userId: user });
    const vouched = (events: unknown[]) =>
      send('/v/events', { method: 'POST', headers: secret(site), body: JSON.stringify({ events }) });
    await vouched([identify(device)]);
    const { device: second } = await deviceIn(site, 0);
    await vouched([identify(second)]);
    await eventually(async () => expect((await read(site, second)).items[0]?.id).toBe('f'));
    expect((await read(site, device)).items[0]?.id).toBe('f');
  });

  it('attributes nothing to a token that is forged, another visitor’s, another slot’s or too old', async ({
    expect,
  }) => {
    const site = await shop();
    await start(site, HERO);
    const { device, shown } = await deviceIn(site, 1);
    const token = shown.decision ?? '';
    const key = (
      await env.DB.prepare('SELECT key FROM visitor_keys WHERE site = ?').bind(site.id).first<{ key: string }>()
    )?.key;
    const old = new DecisionSigner(site.id, key ?? '').sign(
      { anonymousId: device },
      {
        ...{ slot: 'home', strategy: 'trending', tier: 'popular', model: 0 },
        trials: [{ number: 1, variant: 1, propensity: 0.5 }],
        items: ['f'],
      },
      Date.now() - 2 * 86_400_000,
      new Uint8Array(6),
    );
    const changed = `${token.slice(0, 30)}${token[30] === 'A' ? 'B' : 'A'}${token.slice(31)}`;
    const events = [
      { ...shownEvent(device, { ...shown, decision: changed }), id: 'forged' },
      { ...shownEvent('somebody-else', shown), id: 'foreign' },
      { ...shownEvent(device, shown, 'cart'), id: 'other_slot' },
      { ...shownEvent(device, { ...shown, decision: old }), id: 'expired' },
      { ...shownEvent(device, { ...shown, decision: 'x' }), id: 'malformed' },
    ];
    const response = await postEvents(site, events);
    expect(await response.json()).toMatchObject({ accepted: 5, rejected: [] });
    await eventually(async () => {
      const { totals } = decodeState(await profileStub(env, site.id, `a/${device}`).exportState());
      expect(totals.counts.get('recommendation_shown')).toEqual([4]);
    });
    expect(standingsOf(decodeState(await profileStub(env, site.id, `a/${device}`).exportState()))).toEqual([]);
    expect((await resultsOf(site)).visitors).toBe(0);
  });

  it('counts neither bots nor the shop’s own people', async ({ expect }) => {
    const site = await shop();
    await start(site, HERO);
    const { device } = await deviceIn(site, 1);
    const as = async (headers: Record<string, string>) =>
      (
        await (
          await send(`/v/recommendations?${await asVisitor(site, device)}&slot=home&strategy=trending&limit=3`, {
            headers,
          })
        ).json<Shown>()
      ).items[0]?.id;
    expect(await as({})).toBe('f');
    expect(await as({ cookie: 'vitrine_staff=1' })).toBe('a');
    expect(await as({ 'user-agent': 'Googlebot/2.1 (+http://www.google.com/bot.html)' })).toBe('a');
    const saved = await send('/api/settings', {
      method: 'PUT',
      headers: secret(site),
      body: JSON.stringify({ staff: { addresses: ['203.0.113.0/24', '2001:db8::/32'] } }),
    });
    expect(saved.status).toBe(200);
  });

  it('counts nothing of what a bot says it saw', async ({ expect }) => {
    const site = await shop();
    await start(site, HERO);
    const { device, shown } = await deviceIn(site, 1);
    const bot = { 'user-agent': 'Mozilla/5.0 (compatible; bingbot/2.0)' };
    expect((await postEvents(site, [shownEvent(device, shown)], bot)).status).toBe(202);
    await eventually(async () => {
      const { totals } = decodeState(await profileStub(env, site.id, `a/${device}`).exportState());
      expect(totals.counts.get('recommendation_shown')).toEqual([1]);
    });
    expect((await profileStub(env, site.id, `a/${device}`).standings()).standings).toEqual([]);
  });

  it('changes a slot for who was given that, and for nobody else', async ({ expect }) => {
    const site = await shop();
    const variants = [{ name: 'three' }, { name: 'two', slots: { home: { strategies: ['trending'], limit: 2 } } }];
    await start(site, { ...HERO, variants });
    const lengths = new Set<number>();
    for (let n = 0; n < 30; n += 1) lengths.add((await read(site, `dev-${n}`)).items.length);
    expect([...lengths].sort()).toEqual([2, 3]);
    expect((await read(site, 'dev-0', 'slot=other&strategy=trending&limit=3')).items).toHaveLength(3);
  });

  it('holds out: who is held out sees what everybody sees, and is in nothing else', async ({ expect }) => {
    const site = await shop();
    await start(site, {
      ...{ name: 'holdout', kind: 'holdout' },
      variants: [
        { name: 'served', weight: 1 },
        { name: 'held-out', weight: 1 },
      ],
    });
    await start(site, { ...HERO, variants: HERO.variants.map((variant, at) => ({ ...variant, weight: at })) });
    const seen = new Map<string, Shown[]>();
    for (let n = 0; n < 30; n += 1) {
      await postEvents(site, [makeEvent(`dev-${n}`, 'product_viewed', { product_id: 'd' })]);
      const shown = await read(site, `dev-${n}`, 'slot=home&strategy=for_you&seen=show&limit=3');
      const which = shown.items[0]?.id === 'f' ? 'served' : 'held out';
      seen.set(which, [...(seen.get(which) ?? []), shown]);
    }
    expect(seen.get('served')?.length).toBeGreaterThan(2);
    expect(seen.get('held out')?.length).toBeGreaterThan(2);
    expect(seen.get('held out')?.every(({ tier }) => tier !== 'live')).toBe(true);
  });
});

describe('a person’s standing', () => {
  const identify = (anonymousId: string, userId: string) => ({ ...makeEvent(anonymousId, 'identify'), userId });
  const vouched = (site: TestSite, events: unknown[]) =>
    send('/v/events', { method: 'POST', headers: secret(site), body: JSON.stringify({ events }) });
  const totals = async (site: TestSite) => {
    const sum = [0, 0, 0, 0, 0, 0];
    for (const row of await figures(site)) for (const [at, value] of row.entries()) sum[at] = (sum[at] ?? 0) + value;
    return sum;
  };
  const until = (expected: () => Promise<void>) => eventually(expected);
  /** What the lake makes of each person’s events, added up as the results are. */
  const recounted = async (site: TestSite, ledgers: Ledger[]) => {
    await compactSite(env, site.id, Number.POSITIVE_INFINITY, Date.now() + 60_000);
    const partitions = await listPartitions(env, site.id);
    const sum = [0, 0, 0, 0, 0, 0];
    for (const { standings } of (await standingsInLake(env, site.id, ledgers, partitions)).values())
      for (const { shown, clicked, orders, revenue, attributedRevenue } of standings)
        for (const [at, value] of [1, shown, clicked, orders, revenue / 100, attributedRevenue / 100].entries())
          sum[at] = (sum[at] ?? 0) + value;
    return sum;
  };

  it('is right to the event over two devices, a login between, a storm of copies, an unlink and an erasure', async ({
    expect,
  }) => {
    const site = await shop();
    await start(site, HERO);
    const [phone, desk] = ['phone', 'desk'];
    const seen = async (device: string) => {
      const shown = await read(site, device);
      const [first] = shown.items;
      return [shownEvent(device, shown), clickedEvent(device, shown, first?.id ?? '')] as const;
    };
    const alone = [...(await seen(phone)), ...(await seen(phone)), orderEvent(phone, 'o1', 20, 'a')];
    await postEvents(site, alone);
    await until(async () => expect((await totals(site)).slice(0, 4)).toEqual([1, 2, 2, 1]));
    await vouched(site, [identify(phone, 'ann'), identify(desk, 'ann')]);
    await until(async () => expect(await profileStub(env, site.id, 'u/ann').ledgers()).toHaveLength(3));
    const both = [...(await seen(desk)), orderEvent(desk, 'o2', 40, 'b')];
    // All of it at once, and again, in another order, and once more through the other way in.
    const storm = [...alone, ...both];
    await Promise.all([postEvents(site, both), postEvents(site, storm.toReversed()), vouched(site, storm)]);
    await postEvents(site, [...storm, ...storm]);
    await until(async () => expect((await totals(site)).slice(0, 5)).toEqual([1, 3, 3, 2, 60]));
    await until(async () => expect(await recounted(site, ['u/ann', 'a/phone', 'a/desk'])).toEqual(await totals(site)));

    // The desk was somebody else’s after all.
    const unlinked = await send('/api/users/ann/unlink', {
      method: 'POST',
      headers: secret(site),
      body: JSON.stringify({ anonymousId: desk }),
    });
    expect(unlinked.status).toBe(200);
    await until(async () => expect((await totals(site)).slice(0, 5)).toEqual([2, 3, 3, 2, 60]));
    await until(async () => expect(await recounted(site, ['u/ann', 'a/phone', 'a/desk'])).toEqual(await totals(site)));
    // What a linked device does is its person's, whoever hears of it.
    await postEvents(site, [orderEvent(phone, 'o3', 5, 'c')]);
    await until(async () => expect((await totals(site)).slice(0, 5)).toEqual([2, 3, 3, 3, 65]));
    await until(async () => expect(await recounted(site, ['u/ann', 'a/phone', 'a/desk'])).toEqual(await totals(site)));
    const { compared, differing } = await compareStandings(
      env,
      site.id,
      await listPartitions(env, site.id),
      Math.random,
      -1e9,
    );
    expect([compared > 0, differing]).toEqual([true, []]);

    const erased = await send(`/api/devices/${desk}`, { method: 'DELETE', headers: secret(site) });
    expect(erased.ok).toBe(true);
    await until(async () => expect((await totals(site)).slice(0, 5)).toEqual([1, 2, 2, 2, 25]));
    await until(async () => expect(await recounted(site, ['u/ann', 'a/phone', 'a/desk'])).toEqual(await totals(site)));
  });

  it('that the tally has lost or doubled is found by holding it against the lake', async ({ expect }) => {
    const site = await shop();
    await start(site, HERO);
    const { device, shown } = await deviceIn(site, 1);
    await postEvents(site, [shownEvent(device, shown)]);
    await until(async () => expect((await totals(site))[0]).toBe(1));
    const compareAll = async () => {
      await compactSite(env, site.id, Number.POSITIVE_INFINITY, Date.now() + 60_000);
      return compareStandings(env, site.id, await listPartitions(env, site.id), Math.random, -1e9);
    };
    const compare = async () => (await compareAll()).differing;
    await until(async () => expect(await compareAll()).toEqual({ compared: 1, differing: [] }));
    const word = await profileStub(env, site.id, `a/${device}`).standings();
    const [standing] = word.standings;
    if (!standing) throw new Error('he stands nowhere');
    const tally = tallyStub(env, site.id);
    await tally.take({ v: 1, words: [{ ...word, at: word.at + 1, standings: [{ ...standing, shown: 2 }] }] });
    expect(await compare()).toEqual([{ ledger: `a/${device}`, experiment: 1 }]);
    // An older word, and the same word again, change nothing.
    await tally.take({ v: 1, words: [word, word] });
    expect(await compare()).toHaveLength(1);
    await tally.take({ v: 1, words: [{ ...word, at: word.at + 2, standings: [], complete: true }] });
    expect((await totals(site))[0]).toBe(0);
  });

  it('stays in a sample by hash once a bucket is full, whatever the order in which people come', async ({ expect }) => {
    const word = (n: number): PersonStandings => ({
      person: n.toString(16).padStart(16, '0'),
      ...{ at: 1, complete: false },
      standings: [
        {
          ...{ number: 1, variant: 0, mixed: false, firstAt: 0, shown: 1, clicked: 0, orders: 0, revenue: 0 },
          ...{ currency: null, attributed: 0, attributedRevenue: 0, before: 0 },
        },
      ],
    });
    const people = Array.from({ length: 40 }, (_, n) => word(n));
    const kept = (order: PersonStandings[], site: string) =>
      runInDurableObject(tallyStub(env, site), (_object, { storage }) => {
        const store = new TallyStore(storage, 10);
        for (const one of order) store.fold(1, 0, [one], 1);
        return people.filter(({ person }) => store.standing(1, person)).map(({ person }) => person);
      });
    // What somebody was like before stays as it was first said: his profile forgets old days.
    const before = await runInDurableObject(tallyStub(env, (await makeSite()).id), (_object, { storage }) => {
      const store = new TallyStore(storage);
      const said = (at: number, before: number, firstAt = 5) => {
        const { person, standings, complete } = word(1);
        const [standing] = standings;
        if (standing) store.fold(1, 0, [{ person, at, complete, standings: [{ ...standing, before, firstAt }] }], 1);
        return store.standing(1, person)?.before;
      };
      return [said(1, 7), said(2, 3), said(3, 4, 2)];
    });
    expect(before).toEqual([7, 7, 4]);
    const first = await kept(people, (await makeSite()).id);
    expect(first).toEqual(people.slice(0, 10).map(({ person }) => person));
    expect(await kept(people.toReversed(), (await makeSite()).id)).toEqual(first);
  });

  it('reaches the tally although it refuses at first', async ({ expect }) => {
    const site = await shop();
    await start(site, HERO);
    const { device, shown } = await deviceIn(site, 1);
    const token = new DecisionSigner(site.id, (await findSite(env, site.writeKey))?.visitorKey ?? '');
    const decision = token.read({
      token: shown.decision ?? '',
      slot: 'home',
      anonymousId: device,
      ...{ happenedAtMs: Date.now(), receivedAtMs: Date.now(), horizonMs: 86_400_000 },
    });
    if ('fault' in decision) throw new Error(decision.fault);
    const message = makeMessage(site.id, device, ['s']);
    Object.assign(message.events[0] ?? {}, { type: 'recommendation_shown', properties: { slot: 'home' }, decision });
    let refusals = 1;
    const refusing = new Proxy(env.EXPERIMENT_TALLY, {
      get: (target, name) => {
        if (name === 'get' && refusals > 0)
          return () => ({
            take: () => {
              refusals -= 1;
              return Promise.reject(new Error('the tally is away'));
            },
          });
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const other = makeMessage(site.id, 'somebody', ['x']);
    const away = { ...env, EXPERIMENT_TALLY: refusing } as Env;
    refusals = 2;
    expect(await deliver([message, other], away)).toEqual({ acked: ['q1'], retried: ['q0'] });
    expect((await totals(site))[0]).toBe(0);
    expect(await deliver([message])).toEqual({ acked: ['q0'], retried: [] });
    expect((await totals(site)).slice(0, 2)).toEqual([1, 1]);
  });
});

describe('a bandit', () => {
  it('gives new visitors to what is probably the best, once those of a day have had their time, and settles', async ({
    expect,
  }) => {
    const site = await shop();
    await start(site, { ...HERO, allocation: 'bandit', bandit: { floor: 0.1 } });
    const now = Date.now();
    const yesterday = now - 86_400_000;
    let people = 0;
    const crowd = (variant: number, visitors: number, ordered: number, firstAt: number) =>
      Array.from({ length: visitors }, (_, n) => ({
        person: (people++).toString(16).padStart(16, '0'),
        ...{ at: now, complete: false },
        standings: [
          {
            ...{ number: 1, variant, mixed: false, firstAt, shown: 1, clicked: 0, orders: n < ordered ? 1 : 0 },
            ...{ revenue: 0, currency: null, attributed: 0, attributedRevenue: 0, before: 0 },
          },
        ],
      }));
    const say = (words: PersonStandings[]) => tallyStub(env, site.id).take({ v: 1, words });
    const weights = async () =>
      (await call<{ definition: ExperimentDefinition }>(site, 'GET', '/hero')).body.definition.variants.map(
        ({ weight }) => weight,
      );
    await say([...crowd(0, 200, 100, now), ...crowd(1, 200, 2, now)]);
    await allocateExperiments(env, aRun(now));
    expect(await weights()).toEqual([1, 1]);
    await say([...crowd(0, 300, 12, yesterday), ...crowd(1, 300, 22, yesterday)]);
    await allocateExperiments(env, aRun(now));
    const [less = 1, more = 0] = await weights();
    expect(less).toBeGreaterThanOrEqual(0.1);
    expect(more).toBeGreaterThan(0.7);
    await allocateExperiments(env, aRun(now));
    const { history } = (
      await call<{ history: { action: string; note: string | null }[] }>(site, 'GET', '/hero/history')
    ).body;
    expect(history.map(({ action }) => action)).toEqual(['allocated', 'started', 'created']);
    expect(history[0]?.note).toMatch(/^The best is: as-it-is [\d.]+ %, f-first 9\d\.\d %\.$/);
    await say([...crowd(0, 3_000, 90, yesterday), ...crowd(1, 3_000, 240, yesterday)]);
    await allocateExperiments(env, aRun(now));
    expect(await weights()).toEqual([0, 1]);
    expect((await resultsOf(site)).sampleRatio.ok).toBe(true);
  });
});
