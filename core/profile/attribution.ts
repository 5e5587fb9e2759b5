import { DAY_MS } from '../time.ts';
import type { Order, ProfileState } from './state.ts';
import type { Touch } from './trials.ts';

/** How long after a click an order is its doing. */
export const ATTRIBUTION_DAYS = 7;

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
export function attributionOf({ touches }: Pick<ProfileState, 'touches'>, order: Order): Attribution | undefined {
  const from = order.time - ATTRIBUTION_DAYS * DAY_MS;
  const before = touches.filter(({ time }) => time <= order.time && time >= from);
  const bought = new Set(order.items);
  const direct = before.find(({ item }) => bought.has(item));
  if (direct) return { touch: direct, how: 'direct' };
  const [last] = before;
  return last && { touch: last, how: 'assisted' };
}
