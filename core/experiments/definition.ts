import { z } from 'zod';
import { CEL_LIMITS } from '../cel/limits.ts';
import { actionSchema, changedSlotSchema, MAX_ACTIONS, MAX_SLOTS, slotNameSchema } from '../merchandising/document.ts';
import { METRICS } from './sums.ts';

export const MAX_VARIANTS = 10;
/** A layer's visitors, in parts. */
export const BUCKETS = 10_000;

const nameSchema = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/i, 'must be 1–64 letters, digits, "-" or "_"');

const variantSchema = z.strictObject({
  name: nameSchema,
  weight: z.number().min(0).max(1_000).default(1).meta({ description: 'Its share, against the other variants’.' }),
  actions: z.array(actionSchema).max(MAX_ACTIONS).default([]).meta({
    description: 'What it does, as a rule that comes before all rules: strategy, pins, content and so on.',
  }),
  slots: z.record(slotNameSchema, changedSlotSchema).default({}).meta({
    description: 'What slots are in it: the members that differ.',
  }),
});

/** An experiment as an operator says it. */
export const experimentSchema = z
  .strictObject({
    name: nameSchema,
    hypothesis: z.string().max(1_000).default(''),
    kind: z.enum(['ab', 'holdout']).default('ab').meta({
      description:
        'holdout: whoever gets another variant than the first is in no other experiment and seen as nobody: no profile, no conditions of segments.',
    }),
    layer: nameSchema.optional().meta({
      description: 'Experiments of one layer share no visitor. Default: a layer of its own.',
    }),
    slots: z.array(slotNameSchema).min(1).max(MAX_SLOTS).optional().meta({ description: 'Default: all.' }),
    audience: z.string().min(1).max(CEL_LIMITS.sourceLength).optional().meta({
      description: 'CEL over `visitor`, `segments`, `attributes`, `context`: who may come in. Who is in stays in.',
    }),
    traffic: z.number().min(0.0001).max(1).default(1).meta({ description: 'The share of the layer’s visitors.' }),
    variants: z
      .array(variantSchema)
      .min(2)
      .max(MAX_VARIANTS)
      .meta({ description: 'The first is what the others are held against.' }),
    allocation: z.enum(['fixed', 'bandit']).default('fixed').meta({
      description: 'bandit: variants get new visitors as it is probable that they are the best, by who orders.',
    }),
    bandit: z
      .strictObject({
        floor: z.number().min(0).max(0.5).default(0.05).meta({ description: 'The least share of new visitors.' }),
        settleAt: z.number().min(0.9).max(1).default(0.99).meta({
          description: 'Once one is the best with this probability, it gets everybody.',
        }),
        delayDays: z.int().min(1).max(30).default(1).meta({
          description: 'Days after which a visitor counts: those of today may still order.',
        }),
      })
      .prefault({}),
    expectedVisitors: z.int().min(100).max(1e9).default(10_000).meta({
      description: 'The visitors after which the intervals shall be narrowest.',
    }),
    goal: z.enum(METRICS).default('conversion').meta({ description: 'What the verdict is about.' }),
    guardrail: z.number().min(0).max(1).default(0.1).meta({
      description: 'How much of its orders a visitor a variant may lose against the first before it is called harmful.',
    }),
  })
  .superRefine(({ variants }, context) => {
    const names = variants.map(({ name }) => name);
    for (const [at, name] of names.entries())
      if (names.indexOf(name) < at)
        context.addIssue({ code: 'custom', path: ['variants', at, 'name'], message: `"${name}" is there already` });
    if (variants.every(({ weight }) => weight === 0))
      context.addIssue({ code: 'custom', path: ['variants'], message: 'one variant needs a weight above 0' });
  });
export type ExperimentDefinition = z.infer<typeof experimentSchema>;

export const EXPERIMENT_STATES = ['draft', 'running', 'paused', 'ended'] as const;
export type ExperimentState = (typeof EXPERIMENT_STATES)[number];

/** Buckets of a layer, the second bound excluded. */
export type BucketRange = readonly [from: number, to: number];

/** An experiment that decides: who of its layer is in it was said when it started. */
export interface RunningExperiment {
  readonly number: number;
  readonly definition: ExperimentDefinition;
  readonly layer: string;
  readonly ranges: readonly BucketRange[];
}
