import { describe, it } from 'vitest';
import type { ServedItem } from '../catalog/served-item.ts';
import type { Placed } from '../merchandising/arrange.ts';
import { type Effects, NO_EFFECTS } from '../merchandising/effects.ts';
import type { Sources } from './candidates.ts';
import { explored } from './explore.ts';

const item = (id: string): ServedItem => ({
  ...{ id, title: id, url: `/p/${id}`, available: true },
  ...(id.includes('.') && { group: id.split('.')[0] }),
});
const placed = (id: string, code: Placed['reason']['code'] = 'viewed'): Placed => ({
  ...{ item: item(id), score: 1, weight: 1, rules: [], reason: { code, text: '' } },
});
const SHOWN = ['a', 'b', 'c', 'd', 'g.1', 'e'].map((id) => placed(id));
const sources = (fresh: string[], failing = false): Sources => ({
  hasModel: true,
  near: async () => [],
  together: async () => [],
  popularIn: async () => [],
  related: async () => [],
  popular: () => [],
  first: async () => [],
  fresh: () => fresh,
  products: async (ids) => {
    if (failing) throw new Error('away');
    return new Map([...ids].filter((id) => id !== 'gone').map((id) => [id, item(id)]));
  },
  failed: () => undefined,
});
/** What is shown where each chance is `chance`. */
const shown = async (
  fresh: string[],
  {
    share = 1,
    chance = 0,
    items = SHOWN,
    strategy = 'for_you' as const,
    effects = NO_EFFECTS,
    failing = false,
    hidden = [] as string[],
  } = {},
) => {
  const ask = { strategy, limit: items.length, explore: { share, chance: () => chance } };
  const barred = new Map(hidden.map((id) => [id, 'seen' as const]));
  return (await explored(items, ask, barred, sources(fresh, failing), effects)).map((one) => one.item.id);
};
const OLD = SHOWN.map((one) => one.item.id);

describe('room for what is new', () => {
  it('is from the third place on, for each new product once', async ({ expect }) => {
    expect(await shown(['n1', 'n2'])).toEqual(['a', 'b', 'n1', 'n2', 'g.1', 'e']);
    expect(await shown(['n1', 'n2', 'n3', 'n4', 'n5'])).toEqual(['a', 'b', 'n1', 'n2', 'n3', 'n4']);
  });

  it('is none where nothing is new, chance does not say so, or the slot is not for that', async ({ expect }) => {
    expect(await shown([])).toEqual(OLD);
    expect(await shown(['n1'], { share: 0.05, chance: 0.06 })).toEqual(OLD);
    expect(await shown(['n1'], { share: 0 })).toEqual(OLD);
    for (const strategy of ['cart', 'recently_viewed'] as const)
      expect(await shown(['n1'], { strategy: strategy as 'for_you' })).toEqual(OLD);
  });

  it('is never for what is hidden, shown, taken out by a rule, not available, or another variant of what is there', async ({
    expect,
  }) => {
    const effects: Effects = { ...NO_EFFECTS, removedBy: ({ id }) => (id === 'excluded' ? 'rule' : undefined) };
    for (const id of ['seen', 'a', 'excluded', 'gone', 'g.2'])
      expect([id, await shown([id], { effects, hidden: ['seen'] })]).toEqual([id, OLD]);
  });

  it('leaves what a rule has pinned, and all where products cannot be looked up', async ({ expect }) => {
    const items = SHOWN.map((one, at) => (at === 2 ? placed('c', 'pinned') : one));
    expect(await shown(['n1'], { items })).toEqual(['a', 'b', 'c', 'n1', 'g.1', 'e']);
    expect(await shown(['n1'], { failing: true })).toEqual(OLD);
  });

  it('is the stated share over many slots', async ({ expect }) => {
    let seed = 1;
    const chance = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    let explored_ = 0;
    for (let slot = 0; slot < 5_000; slot += 1) {
      const ask = { strategy: 'for_you' as const, limit: 6, explore: { share: 0.05, chance } };
      const items = await explored(SHOWN, ask, new Map(), sources(['n1', 'n2', 'n3', 'n4']), NO_EFFECTS);
      explored_ += items.filter(({ reason }) => reason.code === 'new').length;
    }
    expect(explored_ / (5_000 * 4)).toBeGreaterThan(0.045);
    expect(explored_ / (5_000 * 4)).toBeLessThan(0.055);
  });
});
