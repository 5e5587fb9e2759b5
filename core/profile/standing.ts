import { z } from 'zod';
import { DAY_MS } from '../time.ts';
import { type AttributionModel, sharesOf } from './attribution.ts';
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
  /** Orders that are put down to a click on this variant, by last touch, and their revenue. */
  attributed: z.int(),
  attributedRevenue: z.int(),
  /** Their revenue by first touch, linear and by time decay, where not all are as by last touch. */
  attributedOtherwise: z.object({ firstTouch: z.int(), linear: z.int(), timeDecay: z.int() }).optional(),
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
      const credited = orders.map((order) => ({
        order,
        shares: sharesOf(state, order, ({ trials }) =>
          trials.some((trial) => trial.number === number && trial.variant === variant),
        ),
      }));
      const revenueBy = (model: AttributionModel) =>
        revenueOf(orders, currency, (at) => credited[at]?.shares[model] ?? 0);
      const byLast = revenueBy('last_touch');
      const otherwise = {
        firstTouch: revenueBy('first_touch'),
        linear: revenueBy('linear'),
        timeDecay: revenueBy('time_decay'),
      };
      const mixed = variants.size > 1;
      return [
        {
          ...{ number, variant, mixed, firstAt: first.time, shown, clicked, orders: orders.length },
          ...{ revenue: revenueOf(orders, currency), currency },
          attributed: credited.filter(({ shares }) => shares.last_touch > 0).length,
          attributedRevenue: byLast,
          ...(Object.values(otherwise).some((revenue) => revenue !== byLast) && { attributedOtherwise: otherwise }),
          before: eventsBefore(state, first.time),
        },
      ];
    });
}

/** In hundredths, each order by its share; an order in another currency adds nothing. */
function revenueOf(
  orders: readonly Order[],
  currency: string | null,
  shareOf: (at: number) => number = () => 1,
): number {
  let revenue = 0;
  for (const [at, order] of orders.entries())
    if (order.currency === undefined || order.currency === currency) revenue += (order.total ?? 0) * 100 * shareOf(at);
  return Math.round(revenue);
}

function eventsBefore({ days }: ProfileState, firstMs: number): number {
  const firstDay = Math.floor(firstMs / DAY_MS);
  let events = 0;
  for (const [day, { type }] of days)
    if (day < firstDay) events += type.other + [...type.counts.values()].reduce((sum, [n = 0]) => sum + n, 0);
  return Math.min(events, MAX_BEFORE);
}
