import { DAY_MS, HOUR_MS } from '../time.ts';
import type { Order, ProfileState } from './state.ts';
import type { Touch } from './trials.ts';

/** How long after a click an order is its doing. */
export const ATTRIBUTION_DAYS = 7;
/** Of the model that lets older clicks count less. */
const HALF_LIFE_MS = 24 * HOUR_MS;

/**
 * The ways to put an order down to the clicks on recommendations in the days before it. `last_touch`: the last one on a product of the order, else the
 * last one. `first_touch`: the first one. `linear`: all alike. `time_decay`: one that was a day before another counts half of it.
 */
export const ATTRIBUTION_MODELS = ['last_touch', 'first_touch', 'linear', 'time_decay'] as const;
export type AttributionModel = (typeof ATTRIBUTION_MODELS)[number];

/** What an order is put down to: the last click on a recommendation before it. */
export interface Attribution {
  readonly touch: Touch;
  /** `direct`: the product that was clicked was bought; `assisted`: others were. */
  readonly how: 'direct' | 'assisted';
}

/**
 * The click that an order is put down to, by last touch: the last one on a product of the order in the days before it, else the last one on
 * any product; nothing where there was none.
 */
export function attributionOf(state: Pick<ProfileState, 'touches'>, order: Order): Attribution | undefined {
  return lastOf(touchesBefore(state, order), order);
}

/** The share of an order that each way puts down to the clicks that are `ours`, between 0 and 1. */
export function sharesOf(
  state: Pick<ProfileState, 'touches'>,
  order: Order,
  ours: (touch: Touch) => boolean,
): Readonly<Record<AttributionModel, number>> {
  const before = touchesBefore(state, order);
  const last = lastOf(before, order)?.touch;
  const first = before.at(-1);
  const share = (weightOf: (touch: Touch) => number) => {
    const all = before.reduce((sum, touch) => sum + weightOf(touch), 0);
    const own = before.filter(ours).reduce((sum, touch) => sum + weightOf(touch), 0);
    return all === 0 ? 0 : own / all;
  };
  return {
    last_touch: last && ours(last) ? 1 : 0,
    first_touch: first && ours(first) ? 1 : 0,
    linear: share(() => 1),
    time_decay: share(({ time }) => 2 ** ((time - order.time) / HALF_LIFE_MS)),
  };
}

/** The clicks that an order may be put down to, newest first. */
function touchesBefore({ touches }: Pick<ProfileState, 'touches'>, order: Order): Touch[] {
  const from = order.time - ATTRIBUTION_DAYS * DAY_MS;
  return touches.filter(({ time }) => time <= order.time && time >= from);
}

function lastOf(before: readonly Touch[], order: Order): Attribution | undefined {
  const bought = new Set(order.items);
  const direct = before.find(({ item }) => bought.has(item));
  if (direct) return { touch: direct, how: 'direct' };
  const [last] = before;
  return last && { touch: last, how: 'assisted' };
}
