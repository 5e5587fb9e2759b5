import { z } from 'zod';
import type { Rates, SiteRates } from './item-rates.ts';

/** Rates nearer to 1 than this say nothing, and are left out. */
const TELLING = 0.02;

const ratesSchema = z.record(z.string(), z.tuple([z.number().nonnegative(), z.number().nonnegative()]));

/** What reads take from rates, as JSON: clicks and purchases of a product against an average one in the same places, over all slots and by slot. */
export const servedRatesSchema = z.object({
  v: z.literal(1),
  items: ratesSchema,
  slots: z.record(z.string(), ratesSchema),
});
export type StoredRates = z.infer<typeof servedRatesSchema>;

const AVERAGE: Rates = { click: 1, order: 1 };

/** The rates of a site, as a ranker asks for them: those of the product in the slot, else over all slots, else those of an average product. */
export class ServedRates {
  private readonly items: ReadonlyMap<string, Rates>;
  private readonly slots: ReadonlyMap<string, ReadonlyMap<string, Rates>>;

  constructor({ items, slots }: StoredRates) {
    this.items = mapOf(items);
    this.slots = new Map(Object.entries(slots).map(([slot, own]) => [slot, mapOf(own)]));
  }

  /** @param slot over all slots without one. */
  of(item: string, slot?: string): Rates {
    return (slot === undefined ? undefined : this.slots.get(slot)?.get(item)) ?? this.items.get(item) ?? AVERAGE;
  }
}

function mapOf(rates: z.infer<typeof ratesSchema>): Map<string, Rates> {
  return new Map(Object.entries(rates).map(([item, [click, order]]) => [item, { click, order }]));
}

/** Rates as they are stored: what says nothing is left out, of a slot what is as over all. */
export function storeRates({ items, slots }: SiteRates): StoredRates {
  const told = [...items].filter(([, rates]) => !isNear(rates, AVERAGE));
  return {
    v: 1,
    items: Object.fromEntries(told.map(([item, rates]) => [item, tuple(rates)])),
    slots: Object.fromEntries(
      [...slots].map(([slot, { items: own }]) => {
        const differing = own.filter((one) => !isNear(one, items.get(one.item) ?? AVERAGE));
        return [slot, Object.fromEntries(differing.map((one) => [one.item, tuple(one)]))];
      }),
    ),
  };
}

const rounded = (rate: number) => Math.round(rate * 1_000) / 1_000;
const tuple = ({ click, order }: Rates): [number, number] => [rounded(click), rounded(order)];
const isNear = (a: Rates, b: Rates) => Math.abs(a.click - b.click) < TELLING && Math.abs(a.order - b.order) < TELLING;
