import { describe, it } from 'vitest';
import type { ServedItem } from '../catalog/served-item.ts';
import { type Ask, type Candidate, decide, type Sources } from './decide.ts';
import type { Known } from './known.ts';

/** A product; those whose ids begin alike, before a dot, are variants of one. */
const item = (id: string): ServedItem => ({
  id,
  title: id.toUpperCase(),
  url: `/p/${id}`,
  ...(id.includes('.') && { group: id.split('.')[0] }),
  available: true,
});
const LIVE: Known = { tier: 'live', reason: 'live_profile', recent: ['seen'] };
const NONE: Known = { tier: 'none', reason: 'profile_deadline' };
const ask = (strategy: Ask['strategy'], more: Partial<Ask> = {}): Ask => ({ strategy, limit: 2, ...more });

/** Sources of a shop with these neighbours, popular items and catalogue; `failed` collects what is heard of faults. */
function shop(
  stock: { near?: string[]; popular?: string[]; catalogue?: string[]; soldOut?: string[]; hasModel?: boolean },
  breaking: { near?: boolean; products?: boolean } = {},
) {
  const failed: string[] = [];
  const candidates = (ids: readonly string[], hidden: ReadonlySet<string>, because?: string): Candidate[] =>
    ids.filter((id) => !hidden.has(id)).map((id, at) => ({ item: id, score: 1 / (at + 1), because }));
  const sources: Sources = {
    hasModel: stock.hasModel ?? true,
    near: async (items, _limit, hidden) => {
      if (breaking.near) throw new Error('no block');
      return candidates(stock.near ?? [], hidden, items.at(-1));
    },
    popular: (_limit, hidden) => candidates(stock.popular ?? [], hidden),
    products: async (ids) => {
      if (breaking.products) throw new Error('no catalogue');
      return new Map([...ids].filter((id) => !stock.soldOut?.includes(id)).map((id) => [id, item(id)]));
    },
    first: async (limit) => (stock.catalogue ?? []).slice(0, limit).map(item),
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
    expect(await ids(ask('for_you', { item: 'x' }))).toEqual(['n1']);
    expect(await ids(ask('similar', { item: 'x' }))).toEqual(['seen', 'n1']);
    expect(await ids(ask('trending', { item: 'x' }))).toEqual(['p1']);
    expect(await ids(ask('for_you', { item: 'x' }), NONE)).toEqual(['p1']);
    expect(
      await ids(ask('recently_viewed', { item: 'x' }), { tier: 'live', reason: 'live_profile', recent: ['x', 'seen'] }),
    ).toEqual(['seen']);
  });

  it('says which item brought each one, and what failed on the way', async ({ expect }) => {
    const { sources } = shop(FULL);
    const { items } = await decide(ask('for_you'), LIVE, sources);
    expect(items[0]?.reason).toEqual({ code: 'viewed', item: 'seen', text: 'Because you viewed SEEN' });
    const broken = shop(FULL, { near: true, products: true });
    await decide(ask('for_you'), LIVE, broken.sources);
    expect(broken.failed).toEqual(['personal: no block', 'popular: no catalogue']);
  });

  it('fills up from later candidates when earlier ones may not be shown', async ({ expect }) => {
    const { sources } = shop({ near: ['a', 'b', 'c', 'd', 'e', 'f'], soldOut: ['a', 'b', 'c', 'd'] });
    const { tier, items } = await decide(ask('for_you'), LIVE, sources);
    expect([tier, ...items.map((one) => one.item.id)]).toEqual(['live', 'e', 'f']);
  });
});
