import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { ServedItem } from '../catalog/served-item.ts';
import type { Known } from '../recommend/known.ts';
import type { Ask } from './ask.ts';
import type { Barred, Candidate, Sources } from './candidates.ts';
import { decide } from './decide.ts';

/** A product; those whose ids begin alike, before a dot, are variants of one, and before a slash of a category. */
const item = (id: string): ServedItem => ({
  id,
  title: id.toUpperCase(),
  url: `/p/${id}`,
  ...(id.includes('.') && { group: id.split('.')[0] }),
  ...(id.includes('/') && { category: id.split('/')[0] }),
  available: true,
});
const LIVE: Known = { tier: 'live', reason: 'live_profile', recent: ['seen'] };
const NONE: Known = { tier: 'none', reason: 'profile_deadline' };
const ask = (strategy: Ask['strategy'], more: Partial<Ask> = {}): Ask => ({ strategy, limit: 2, ...more });

/** Sources of a shop with these neighbours, popular items and catalogue; `failed` collects what is heard of faults. */
function shop(
  stock: {
    near?: string[];
    together?: Record<string, string[]>;
    related?: Record<string, string[]>;
    popular?: string[];
    popularIn?: Record<string, string[]>;
    catalogue?: string[];
    soldOut?: string[];
    fresh?: string[];
    hasModel?: boolean;
  },
  breaking: { near?: boolean; products?: boolean } = {},
) {
  const failed: string[] = [];
  const candidates = (ids: readonly string[], hidden: Barred, because?: string): Candidate[] =>
    ids.filter((id) => !hidden.has(id)).map((id, at) => ({ item: id, score: 1 / (at + 1), because }));
  const sources: Sources = {
    hasModel: stock.hasModel ?? true,
    near: async (items, _limit, hidden) => {
      if (breaking.near) throw new Error('no block');
      return candidates(stock.near ?? [], hidden, items.at(-1));
    },
    together: async (anchor) => candidates(stock.together?.[anchor] ?? [], new Set(), anchor),
    related: async (anchor) => candidates(stock.related?.[anchor] ?? [], new Set()),
    popularIn: async (category) => candidates(stock.popularIn?.[category] ?? [], new Set()),
    popular: (_limit, hidden) => candidates(stock.popular ?? [], hidden),
    products: async (ids) => {
      if (breaking.products) throw new Error('no catalogue');
      return new Map([...ids].filter((id) => !stock.soldOut?.includes(id)).map((id) => [id, item(id)]));
    },
    fresh: () => stock.fresh ?? [],
    first: async (limit) =>
      (stock.catalogue ?? [])
        .filter((id) => !stock.soldOut?.includes(id))
        .slice(0, limit)
        .map(item),
    failed: (rung, error) => failed.push(`${rung}: ${error instanceof Error ? error.message : error}`),
  };
  return { sources, failed };
}

const FULL = { near: ['n1', 'n2', 'n3'], popular: ['p1', 'p2', 'p3'], catalogue: ['c1', 'c2', 'c3'] };

describe('what a slot shows', () => {
  it.for<[string, Ask, Known, Parameters<typeof shop>, string, string, string[]]>([
    ['the live profile’s', ask('for_you'), LIVE, [FULL], 'live', 'live_profile', ['n1', 'n2']],
    [
      'the last known profile’s',
      ask('for_you'),
      { ...NONE, tier: 'last_known', recent: ['seen'] },
      [FULL],
      'last_known',
      'profile_deadline',
      ['n1', 'n2'],
    ],
    [
      'of variants the best, and what comes after them',
      ask('for_you'),
      LIVE,
      [{ near: ['shirt.s', 'shirt.m', 'hat', 'shoe'] }],
      'live',
      'live_profile',
      ['shirt.s', 'hat'],
    ],
    [
      'of variants one, from the catalogue too',
      ask('for_you'),
      NONE,
      [{ catalogue: ['shirt.s', 'shirt.m', 'hat'] }],
      'baseline',
      'profile_deadline',
      ['shirt.s', 'hat'],
    ],
    ['what is popular, without a profile', ask('for_you'), NONE, [FULL], 'popular', 'profile_deadline', ['p1', 'p2']],
    [
      'what is popular, to a new visitor',
      ask('for_you'),
      { tier: 'live', reason: 'live_profile', recent: [] },
      [FULL],
      'popular',
      'nothing_known',
      ['p1', 'p2'],
    ],
    [
      'what is popular, when neighbours fail',
      ask('for_you'),
      LIVE,
      [FULL, { near: true }],
      'popular',
      'nothing_known',
      ['p1', 'p2'],
    ],
    [
      'what is popular, when neighbours are sold out',
      ask('for_you'),
      LIVE,
      [{ ...FULL, soldOut: ['n1', 'n2', 'n3'] }],
      'popular',
      'nothing_known',
      ['p1', 'p2'],
    ],
    [
      'the catalogue, when nothing is popular',
      ask('for_you'),
      LIVE,
      [{ catalogue: ['c1'] }],
      'baseline',
      'nothing_known',
      ['c1'],
    ],
    [
      'the catalogue, without a model',
      ask('for_you'),
      LIVE,
      [{ catalogue: ['c1'], hasModel: false }],
      'baseline',
      'no_model',
      ['c1'],
    ],
    [
      'nothing, when the catalogue is away too',
      ask('for_you'),
      LIVE,
      [FULL, { products: true }],
      'baseline',
      'catalogue_unavailable',
      [],
    ],
    [
      'neighbours of the page’s product, asking nobody',
      ask('similar', { item: 'x' }),
      NONE,
      [FULL],
      'popular',
      'not_personal',
      ['n1', 'n2'],
    ],
    [
      'what is bought with the page’s product, then what goes with it, asking nobody',
      ask('bought_together', { item: 'x' }),
      NONE,
      [{ ...FULL, together: { x: ['x', 't1'], y: ['t2'] } }],
      'popular',
      'not_personal',
      ['t1', 'n1'],
    ],
    [
      'what is popular, where no product is named that something could be bought with',
      ask('bought_together'),
      NONE,
      [{ ...FULL, together: { x: ['t1'] } }],
      'popular',
      'profile_deadline',
      ['p1', 'p2'],
    ],
    ['what is trending, asking nobody', ask('trending'), NONE, [FULL], 'popular', 'not_personal', ['p1', 'p2']],
    [
      'what goes with the cart, and nothing of it',
      ask('cart'),
      { tier: 'live', reason: 'live_profile', recent: ['n1', 'x'] },
      [FULL],
      'live',
      'live_profile',
      ['n2', 'n3'],
    ],
    [
      'what is popular, where the cart is empty',
      ask('cart'),
      { tier: 'live', reason: 'live_profile', recent: [] },
      [FULL],
      'popular',
      'empty_cart',
      ['p1', 'p2'],
    ],
    [
      'what was seen, where the slot may show it',
      ask('for_you', { seen: 'show' }),
      { tier: 'live', reason: 'live_profile', recent: ['n1', 'seen', 'n1'] },
      [FULL],
      'live',
      'live_profile',
      ['n1', 'n2'],
    ],
    [
      'each product once that was viewed twice',
      ask('recently_viewed'),
      { tier: 'live', reason: 'live_profile', recent: ['a', 'b', 'a'] },
      [FULL],
      'live',
      'live_profile',
      ['a', 'b'],
    ],
    [
      'what was viewed',
      ask('recently_viewed'),
      { tier: 'live', reason: 'live_profile', recent: ['a', 'b', 'c'] },
      [FULL],
      'live',
      'live_profile',
      ['a', 'b'],
    ],
    [
      'nothing, where nothing was viewed',
      ask('recently_viewed'),
      { tier: 'live', reason: 'live_profile', recent: [] },
      [FULL],
      'live',
      'nothing_viewed',
      [],
    ],
    [
      'nothing of strangers, where the profile is away',
      ask('recently_viewed'),
      NONE,
      [FULL],
      'baseline',
      'profile_deadline',
      [],
    ],
  ])('is %s', async ([, asked, known, [stock, breaking], tier, reason, ids], { expect }) => {
    const { sources } = shop(stock, breaking);
    const decision = await decide(asked, known, sources);
    expect({ ...decision, items: decision.items.map((one) => one.item.id) }).toEqual({ tier, reason, items: ids });
  });

  it('is never the page’s product, and for "for you" nothing that was just seen', async ({ expect }) => {
    const { sources } = shop({ near: ['seen', 'x', 'n1'], popular: ['x', 'p1'], catalogue: ['x', 'c1'] });
    const ids = async (asked: Ask, known: Known = LIVE) =>
      (await decide(asked, known, sources)).items.map((one) => one.item.id);
    expect(await ids(ask('for_you', { item: 'x' }))).toEqual(['n1', 'p1']);
    expect(await ids(ask('similar', { item: 'x' }))).toEqual(['seen', 'n1']);
    expect(await ids(ask('trending', { item: 'x' }))).toEqual(['p1', 'c1']);
    expect(await ids(ask('for_you', { item: 'x' }), NONE)).toEqual(['p1', 'c1']);
    expect(
      await ids(ask('recently_viewed', { item: 'x' }), { tier: 'live', reason: 'live_profile', recent: ['x', 'seen'] }),
    ).toEqual(['seen']);
  });

  it('is full: what the model lacks comes from likeness, what is popular, and the catalogue, each with its reason', async ({
    expect,
  }) => {
    const { sources } = shop({
      near: ['n1'],
      related: { seen: ['r1', 'n1', 'seen'], older: ['r2', 'r1'] },
      popular: ['c/p1', 'p2', 'n1'],
      catalogue: ['p2', 'c1', 'seen'],
    });
    const known: Known = { tier: 'live', reason: 'live_profile', recent: ['seen', 'seen', 'older', 'c/old'] };
    const { tier, items } = await decide(ask('for_you', { limit: 9 }), known, sources);
    expect([tier, ...items.map(({ item: { id }, reason }) => [id, reason.code, reason.item])]).toEqual([
      'live',
      ['n1', 'viewed', 'seen'],
      ['r1', 'related', 'seen'],
      ['r2', 'related', 'older'],
      ['c/p1', 'trending_category', undefined],
      ['p2', 'trending', undefined],
      ['c1', 'catalogue', undefined],
    ]);
  });

  it('comes from likeness where the model knows nothing, and says so', async ({ expect }) => {
    const { sources } = shop({ hasModel: false, related: { seen: ['r1', 'r2'], x: ['r3'] }, catalogue: ['c1'] });
    expect(await decide(ask('for_you'), LIVE, sources)).toMatchObject({
      tier: 'live',
      reason: 'live_profile_by_content',
      items: [{ reason: { code: 'related', text: 'Similar to SEEN' } }, {}],
    });
    expect(await decide(ask('similar', { item: 'x' }), NONE, sources)).toMatchObject({
      tier: 'popular',
      reason: 'not_personal_by_content',
      items: [{ item: { id: 'r3' } }, { item: { id: 'c1' } }],
    });
  });

  it('is nothing that was bought, and no reason says "viewed" of it', async ({ expect }) => {
    const { sources } = shop({ near: ['bought', 'n1'], popular: ['bought', 'p1'], catalogue: ['bought', 'c1'] });
    const known: Known = { tier: 'live', reason: 'live_profile', recent: ['bought', 'seen'], orders: [0] };
    for (const strategy of ['for_you', 'cart'] as const) {
      const { items } = await decide(ask(strategy, { seen: 'show', limit: 9 }), known, sources);
      expect([strategy, ...items.map((one) => one.item.id)]).toEqual([strategy, 'n1', 'p1', 'c1']);
    }
    const because: Known = { ...known, recent: ['seen', 'bought'], orders: [1] };
    const { items } = await decide(
      ask('for_you', { limit: 1 }),
      { ...because, recent: ['bought'], orders: [0] },
      sources,
    );
    expect(items[0]?.reason).toEqual({ code: 'bought', item: 'bought', text: 'Because you bought BOUGHT' });
  });

  it('goes on with what the slot names next, and hides from it what it hides from the first', async ({ expect }) => {
    const { sources } = shop({ near: ['n1'], popular: ['seen', 'p1'], catalogue: ['c1'] });
    const fallbacks = [
      { strategy: 'trending', known: NONE },
      { strategy: 'recently_viewed', known: LIVE },
    ] as const;
    const { items } = await decide(ask('for_you', { limit: 9 }), LIVE, sources, { fallbacks });
    expect(items.map((one) => [one.item.id, one.reason.code])).toEqual([
      ['n1', 'viewed'],
      ['p1', 'trending'],
      ['seen', 'recent'],
      ['c1', 'catalogue'],
    ]);
  });

  it('is full also where the first of the catalogue are all hidden', async ({ expect }) => {
    const seen = ['a', 'b', 'c', 'd', 'e'];
    const { sources } = shop({ catalogue: [...seen, 'c1'] });
    const { items } = await decide(ask('for_you', { limit: 1 }), { ...LIVE, recent: seen } as Known, sources);
    expect(items.map((one) => one.item.id)).toEqual(['c1']);
  });

  it('is no other variant of the page’s product', async ({ expect }) => {
    const { sources } = shop({ near: ['shirt.m', 'n1'], catalogue: ['shirt.l', 'c1'] });
    const { items } = await decide(ask('similar', { item: 'shirt.s', limit: 9 }), NONE, sources);
    expect(items.map((one) => one.item.id)).toEqual(['n1', 'c1']);
  });

  it('whatever the sources have, each product once, none that is hidden, and never fewer than there are', async ({
    expect,
  }) => {
    const id = fc.constantFrom('a', 'b', 'c/a', 'c/b', 'g.1', 'g.2', 'x', 'seen');
    const ids = fc.uniqueArray(id);
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          near: ids,
          popular: ids,
          catalogue: ids,
          soldOut: ids,
          fresh: ids,
          related: fc.dictionary(id, ids),
        }),
        fc.record({
          tier: fc.constant('live' as const),
          reason: fc.constant('live_profile'),
          recent: fc.array(id),
          orders: fc.array(fc.nat(5)),
        }),
        fc.constantFrom('for_you', 'similar', 'trending', 'cart', 'bought_together', 'recently_viewed' as const),
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.double({ min: 0, max: 0.99, noNaN: true })),
        async (stock, known, strategy, limit, chances) => {
          const { sources } = shop(stock);
          const explore = { share: 0.5, chance: () => chances.pop() ?? 0 };
          const { items } = await decide(ask(strategy, { limit, item: 'x', explore }), known, sources);
          const shown = items.map((one) => one.item.id);
          expect(new Set(shown).size).toBe(shown.length);
          for (const one of ['x', ...stock.soldOut]) expect(shown).not.toContain(one);
          if (strategy === 'recently_viewed') return;
          const seen = strategy === 'for_you' || strategy === 'cart' ? known.recent : [];
          const bought = known.orders.flatMap((at) => known.recent[at] ?? []);
          const hidden = new Set([...stock.soldOut, ...seen, ...bought, 'x']);
          const kinds = new Set(stock.catalogue.filter((one) => !hidden.has(one)).map((one) => item(one).group ?? one));
          expect(shown.length).toBeGreaterThanOrEqual(Math.min(limit, kinds.size));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('lets what the visitor is drawn to come first of what is popular beside it, and to no other strategy', async ({
    expect,
  }) => {
    const stock = { popular: ['hats/a', 'coats/b', 'bags/c', 'coats/d', 'hats/e'], related: {} };
    const known: Known = {
      ...{ tier: 'live', reason: 'live_profile', recent: ['hats/seen'] },
      affinities: { category: ['coats', 'hats'], brand: [] },
    };
    const { sources } = shop(stock);
    const of = async (strategy: Ask['strategy'], visitor: Known) =>
      (
        await decide(
          ask(strategy, { limit: 4, item: strategy === 'similar' ? 'hats/seen' : undefined }),
          visitor,
          sources,
        )
      ).items.map((one) => one.item.id);
    // Scores are 1, 1/2, 1/3, 1/4 and 1/5; coats count twice, hats one and a half times.
    expect(await of('for_you', known)).toEqual(['hats/a', 'coats/b', 'coats/d', 'hats/e']);
    expect(await of('for_you', { ...known, affinities: { category: ['bags'], brand: [] } })).toEqual([
      'hats/a',
      'bags/c',
      'hats/e',
      'coats/b',
    ]);
    expect(await of('similar', known)).toEqual(['hats/a', 'hats/e', 'coats/b', 'bags/c']);
    const { affinities: _, ...plain } = known;
    expect(await of('for_you', plain)).toEqual(['hats/a', 'hats/e', 'coats/b', 'bags/c']);
  });

  it('knows what is popular in a category of which nothing is popular in the whole shop, and does without where that does not come', async ({
    expect,
  }) => {
    const stock = {
      near: [],
      popular: ['hats/a', 'hats/b', 'hats/c'],
      popularIn: { rope: ['rope/r', 'rope/s', 'rope/gone', 'hats/a'] },
      soldOut: ['rope/gone'],
    };
    const of = async (sources: Parameters<typeof decide>[2]) =>
      (await decide(ask('similar', { limit: 4, item: 'rope/x' }), NONE, sources)).items.map(
        ({ item: { id }, reason }) => [id, reason.code],
      );
    const { sources, failed } = shop(stock);
    expect(await of(sources)).toEqual([
      ['rope/r', 'trending_category'],
      ['rope/s', 'trending_category'],
      ['hats/a', 'trending'],
      ['hats/b', 'trending'],
    ]);
    const away = { ...sources, popularIn: () => Promise.reject(new Error('no list')) };
    expect((await of(away)).map(([id]) => id)).toEqual(['hats/a', 'hats/b', 'hats/c']);
    expect(failed).toEqual(['trending_category: no list']);
  });

  it('says which item brought each one, and what failed on the way', async ({ expect }) => {
    const { sources } = shop(FULL);
    const { items } = await decide(ask('for_you'), LIVE, sources);
    expect(items[0]?.reason).toEqual({ code: 'viewed', item: 'seen', text: 'Because you viewed SEEN' });
    const broken = shop(FULL, { near: true, products: true });
    const { explanation } = await decide(ask('for_you'), LIVE, broken.sources, { explain: true });
    // Each rung stands there once, with what it brought, also where its products could not be looked up.
    expect(explanation?.rungs.map(({ kind, candidates, error }) => [kind, candidates, error !== undefined])).toEqual([
      ['asked', 0, true],
      ['content', 0, false],
      ['content', 0, true],
      ['popular', 3, true],
      ['baseline', 3, true],
    ]);
    expect(broken.failed).toEqual([
      'asked: no block',
      'content: no catalogue',
      'popular: no catalogue',
      'baseline: no catalogue',
    ]);
  });

  it('fills up from later candidates when earlier ones may not be shown', async ({ expect }) => {
    const { sources } = shop({ near: ['a', 'b', 'c', 'd', 'e', 'f'], soldOut: ['a', 'b', 'c', 'd'] });
    const { tier, items } = await decide(ask('for_you'), LIVE, sources);
    expect([tier, ...items.map((one) => one.item.id)]).toEqual(['live', 'e', 'f']);
  });
});
