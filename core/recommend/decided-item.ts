import type { ServedItem } from '../catalog/served-item.ts';
import type { Reason } from './reasons.ts';

/** A product that a slot may show, with why. */
export interface DecidedItem {
  readonly item: ServedItem;
  readonly score: number;
  readonly reason: Reason;
}
