import { z } from 'zod';
import { STRATEGIES } from '../../core/decisions/strategy.ts';

const shareSchema = z.number().min(0).max(1);
const effectSchema = z.strictObject({
  click: z.number().min(0).default(1),
  order: z.number().min(0).default(1),
});

/** A world whose truth is known: how shoppers behave in front of one slot. */
export const worldSchema = z.strictObject({
  slot: z.string().default('home-for-you'),
  strategy: z.enum(STRATEGIES).default('for_you'),
  limit: z.int().min(1).max(50).default(8),
  visitors: z.int().min(1).default(1_000),
  /** How likely the first product is clicked by somebody whom it suits wholly. */
  click: shareSchema.default(0.2),
  /** How much less likely each further place is looked at. */
  decay: shareSchema.default(0.85),
  /** How likely a visitor orders, with a click on something that he buys then, and without. */
  orderAfterClick: shareSchema.default(0.25),
  orderAnyway: shareSchema.default(0.05),
  /** What a strategy that serves the slot changes, whatever it shows: the truth that an experiment is to find. */
  effects: z.partialRecord(z.enum(STRATEGIES), effectSchema).default({}),
});
export type World = z.infer<typeof worldSchema>;

/** What shoppers did in front of one strategy. */
export interface Truth {
  visitors: number;
  clicks: number;
  orders: number;
  revenue: number;
}
