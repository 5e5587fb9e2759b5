import { z } from 'zod';
import { DAY_MS } from '../time.ts';
import { attributionOf } from './attribution.ts';
import type { Order, ProfileState } from './state.ts';
import { firstVariant } from './trials.ts';

/** How long after his first impression a visitor's orders count, the same for each. */
export const CONVERSION_DAYS = 30;
/** Events before the first impression that a covariate counts, at most. */
const MAX_BEFORE = 1_000;

/** How a person stands in an experiment: whole figures, made anew from his profile each time, so that a newer one replaces an older one. */
export const standingSchema = z.object({
  number: z.int(),
  variant: z.int(),
  /** Whether he was shown another variant too; he counts for the first. */
  mixed: z.boolean(),
  /** When he was shown it first, ms since 1970. */
  firstAt: z.int(),
  shown: z.int(),
  clicked: z.int(),
  orders: z.int(),
  /** Hundredths of the currency, of the orders in it. */
  revenue: z.int(),
  /** Of his first order that names one. */
  currency: z.string().nullable(),
  /** Orders that are put down to a click on this variant, and their revenue. */
  attributed: z.int(),
  attributedRevenue: z.int(),
  /** Events on days before the first impression: what he was like before. */
  before: z.int(),
});
export type Standing = z.infer<typeof standingSchema>;

/** The standings of a person in all experiments that his profile remembers, by number. */
export function standingsOf(state: ProfileState): Standing[] {
  return [...state.trials]
    .sort(([a], [b]) => a - b)
    .flatMap(([number, variants]) => {
      const variant = firstVariant(variants);
      const counts = variant === undefined ? undefined : variants.get(variant);
      if (variant === undefined || !counts) return [];
      const { first, shown, clicked } = counts;
      const until = first.time + CONVERSION_DAYS * DAY_MS;
      const orders = state.orders.filter(({ time }) => time >= first.time && time < until);
      const currency = orders.findLast((order) => order.currency !== undefined)?.currency ?? null;
      const ours = orders.filter((order) => isOf(state, order, number, variant));
      const mixed = variants.size > 1;
      return [
        {
          ...{ number, variant, mixed, firstAt: first.time, shown, clicked, orders: orders.length },
          ...{ revenue: revenueOf(orders, currency), currency },
          ...{ attributed: ours.length, attributedRevenue: revenueOf(ours, currency) },
          before: eventsBefore(state, first.time),
        },
      ];
    });
}

function isOf(state: ProfileState, order: Order, number: number, variant: number): boolean {
  const trials = attributionOf(state, order)?.touch.trials ?? [];
  return trials.some((trial) => trial.number === number && trial.variant === variant);
}

/** In hundredths; an order in another currency adds nothing. */
function revenueOf(orders: readonly Order[], currency: string | null): number {
  const ours = orders.filter((order) => order.currency === undefined || order.currency === currency);
  return Math.round(ours.reduce((sum, { total = 0 }) => sum + total * 100, 0));
}

function eventsBefore({ days }: ProfileState, firstMs: number): number {
  const firstDay = Math.floor(firstMs / DAY_MS);
  let events = 0;
  for (const [day, { type }] of days)
    if (day < firstDay) events += type.other + [...type.counts.values()].reduce((sum, [n = 0]) => sum + n, 0);
  return Math.min(events, MAX_BEFORE);
}
