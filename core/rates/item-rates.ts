import { fitPrior, type Held, posterior } from './gamma-prior.ts';
import { type PlaceCounts, type SlotCounts, sumOf } from './place-counts.ts';
import { fitPlaces, looksOf } from './place-model.ts';

/** How a product does against the average of all products in the same places: clicks, and purchases after one. 1 where nothing is known. */
export interface Rates {
  readonly click: number;
  readonly order: number;
}

/** A product in a slot: its rates, and what they were made of. */
export interface RatedItem extends Rates {
  readonly item: string;
  readonly seen: number;
  /** Impressions, each as much as its place is looked at. */
  readonly looks: number;
  readonly clicked: number;
  readonly ordered: number;
}

/** A slot: how likely each place is looked at, against the first, what a look is worth there, and its products. */
export interface RatedSlot {
  readonly places: readonly number[];
  readonly clicksPerLook: number;
  readonly ordersPerLook: number;
  readonly items: readonly RatedItem[];
}

export interface SiteRates {
  /** Over all slots. */
  readonly items: ReadonlyMap<string, Rates>;
  readonly slots: ReadonlyMap<string, RatedSlot>;
}

/**
 * Rates of products by slot and over all: what was observed over what a look brings in the slot, drawn towards the average of all products as far as chance
 * could have made it (`gamma-prior.ts`), and then over that average. The average is that of products, not of looks: a slot that shows what is liked
 * would else make all that it does not show look liked as well. A product's rate in one slot is drawn towards its rate over all slots in the same way.
 */
export function ratesOf(counts: SlotCounts): SiteRates {
  const slots = [...counts].map(([slot, items]) => sumsOf(slot, items));
  const click = smoothed(slots, 'clicked', 'clicksPerLook');
  const order = smoothed(slots, 'ordered', 'ordersPerLook');
  const ids = new Set(slots.flatMap(({ items }) => items.map(({ item }) => item)));
  const items = new Map(
    [...ids].map((id) => [id, { click: click.over.get(id) ?? 1, order: order.over.get(id) ?? 1 }] as const),
  );
  const rated = slots.map(({ slot, items: own, ...of }) => {
    const list = own.map((one) => ({
      ...one,
      click: click.within.get(slot)?.get(one.item) ?? 1,
      order: order.within.get(slot)?.get(one.item) ?? 1,
    }));
    return [slot, { ...of, items: list }] as const;
  });
  return { items, slots: new Map(rated) };
}

type SlotSums = Omit<RatedSlot, 'items'> & {
  readonly slot: string;
  readonly items: readonly Omit<RatedItem, keyof Rates>[];
};

function sumsOf(slot: string, items: ReadonlyMap<string, PlaceCounts>): SlotSums {
  const places = fitPlaces(items.values());
  const sums = [...items].map(([item, { seen, clicked, ordered }]) => ({
    item,
    seen: sumOf(seen),
    looks: looksOf(seen, places),
    clicked: sumOf(clicked),
    ordered,
  }));
  const looks = Math.max(Number.EPSILON, sumOf(sums.map((one) => one.looks)));
  return {
    slot,
    places,
    clicksPerLook: sumOf(sums.map(({ clicked }) => clicked)) / looks,
    ordersPerLook: sumOf(sums.map(({ ordered }) => ordered)) / looks,
    items: sums,
  };
}

/** One kind of rate: by product over all slots, and by slot and product. */
function smoothed(
  slots: readonly SlotSums[],
  what: 'clicked' | 'ordered',
  perLook: 'clicksPerLook' | 'ordersPerLook',
): { readonly over: Map<string, number>; readonly within: Map<string, Map<string, number>> } {
  const all = new Map<string, Held>();
  for (const slot of slots)
    for (const { item, looks, ...of } of slot.items) {
      const there = all.get(item) ?? { observed: 0, expected: 0 };
      all.set(item, { observed: there.observed + of[what], expected: there.expected + looks * slot[perLook] });
    }
  const prior = fitPrior([...all.values()]);
  const ratios = new Map([...all].map(([item, held]) => [item, posterior(held, prior)] as const));
  const pairs = slots.map((slot) =>
    slot.items.map(({ item, looks, ...of }) => {
      const usual = ratios.get(item) ?? prior.mean;
      return { item, usual, held: { observed: of[what], expected: looks * slot[perLook] * usual } };
    }),
  );
  // In one slot against all of them: as good on the average.
  const inSlot = fitPrior(
    pairs.flat().map(({ held }) => held),
    1,
  );
  const within = new Map(
    pairs.map((items, at) => [
      slots[at]?.slot ?? '',
      new Map(items.map(({ item, usual, held }) => [item, (usual * posterior(held, inSlot)) / prior.mean] as const)),
    ]),
  );
  const over = new Map([...ratios].map(([item, ratio]) => [item, ratio / prior.mean] as const));
  return { over, within };
}
