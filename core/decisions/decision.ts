import { z } from 'zod';
import { STRATEGIES } from './strategy.ts';
import { TIERS } from './tier.ts';

/** A variant of an experiment; `number` names the experiment inside its site. */
export interface VariantOf {
  readonly number: number;
  readonly variant: number;
}

/** A variant that somebody was given, and with which probability chance gave it. */
export const trialSchema = z.object({
  number: z.int().min(1).max(65_535),
  variant: z.int().min(0).max(255),
  propensity: z.number().gt(0).max(1),
});
export type Trial = z.infer<typeof trialSchema>;

/** What a read decided for a visitor, as its token says it: with this an impression and a click come back to what caused them. */
export const decisionSchema = z.object({
  /** Names the decision: 10 bytes, base64url. */
  id: z.string(),
  /** ms since 1970, whole seconds. */
  decidedAt: z.int(),
  strategy: z.enum(STRATEGIES),
  tier: z.enum(TIERS),
  /** Hash of the name of the model's version; 0 without a model. */
  model: z.int(),
  trials: z.array(trialSchema),
  /** The place of the product that was clicked, from 1 on. */
  position: z.int().optional(),
});
export type Decision = z.infer<typeof decisionSchema>;

/** Why a token attributes nothing. */
export const DECISION_FAULTS = ['malformed', 'forged', 'expired', 'foreign', 'other_slot', 'not_shown'] as const;
export type DecisionFault = (typeof DECISION_FAULTS)[number];
