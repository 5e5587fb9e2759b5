import { z } from 'zod';
import { CEL_LIMITS } from '../cel/limits.ts';
import { STRATEGIES } from '../decisions/strategy.ts';
import { RANKER_CHOICES } from '../recommend/ranker-choice.ts';
import { TEMPLATE_LIMITS } from '../templates/template.ts';
import { scheduleSchema } from './schedule.ts';

/** Slots and rules of a site, products of a pin, at most. */
export const MAX_SLOTS = 100;
export const MAX_RULES = 200;
const MAX_PINNED = 20;
export const MAX_ACTIONS = 10;
export const MAX_LIMIT = 50;

export const slotNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/i, 'must be 1–64 letters, digits, "-" or "_"');
const conditionSchema = z.string().min(1).max(CEL_LIMITS.sourceLength);
const localeSchema = z.string().regex(/^(default|[a-z]{2,3}(-[A-Z]{2})?)$/, 'must be "default", or as "de" or "de-AT"');
const textsSchema = z.record(localeSchema, z.string().max(1_024));

/** A banner or text that a slot may show beside its products. */
const contentSchema = z.strictObject({
  title: textsSchema.optional(),
  text: textsSchema.optional(),
  image: z.string().max(4_096).optional(),
  url: z.string().max(4_096).optional(),
});

export const slotSchema = z.strictObject({
  strategies: z.array(z.enum(STRATEGIES)).min(1).max(STRATEGIES.length).default(['for_you']).meta({
    description: 'What it shows: the first, and while it is not full the next.',
  }),
  limit: z.int().min(1).max(MAX_LIMIT).default(8),
  seen: z.enum(['hide', 'show']).default('hide'),
  filter: conditionSchema.optional().meta({ description: 'CEL over `item`: only products for which it holds.' }),
  diversity: z.number().min(0).max(1).default(0).meta({
    description:
      'How much a product loses for being like those before it, by category, brand and price: 0 nothing, 1 all.',
  }),
  explore: z.number().min(0).max(0.5).default(0.05).meta({
    description: 'The share of its places, from the third on, that goes to products that came in the last two weeks.',
  }),
  layout: z.enum(['row', 'grid', 'list']).default('row'),
  template: z.string().min(1).max(TEMPLATE_LIMITS.sourceLength).optional().meta({
    description: 'Liquid, in place of the layout’s own HTML; see docs/templates.md for its names.',
  }),
  deadline: z.int().min(20).max(2_000).default(400).meta({
    description: 'How long it may take, in ms; after that it shows what needs nobody.',
  }),
  heading: textsSchema.optional().meta({ description: 'By language, with `default` for all others.' }),
  content: z.record(slotNameSchema, contentSchema).default({}).meta({
    description: 'Banners and texts by name; the one called `default` shows where no rule chooses another.',
  }),
});
export type SlotDefinition = z.infer<typeof slotSchema>;

/** What a slot is in a variant of an experiment: the members that differ. */
export const changedSlotSchema = z.strictObject({
  strategies: slotSchema.shape.strategies.unwrap().optional(),
  limit: slotSchema.shape.limit.unwrap().optional(),
  seen: slotSchema.shape.seen.unwrap().optional(),
  diversity: slotSchema.shape.diversity.unwrap().optional(),
  explore: slotSchema.shape.explore.unwrap().optional(),
  layout: slotSchema.shape.layout.unwrap().optional(),
  heading: slotSchema.shape.heading,
});
export type ChangedSlot = z.infer<typeof changedSlotSchema>;

export const actionSchema = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('pin'),
    items: z.array(z.string().min(1).max(256)).min(1).max(MAX_PINNED),
    place: z.int().min(1).max(MAX_LIMIT).default(1),
  }),
  z.strictObject({ do: z.literal('boost'), where: conditionSchema, by: z.number().min(1).max(100).default(2) }),
  z.strictObject({ do: z.literal('bury'), where: conditionSchema, by: z.number().min(1).max(100).default(2) }),
  z.strictObject({ do: z.literal('exclude'), where: conditionSchema }),
  z.strictObject({ do: z.literal('strategy'), strategy: z.enum(STRATEGIES) }),
  z.strictObject({ do: z.literal('content'), content: slotNameSchema }),
  z.strictObject({ do: z.literal('ranker'), ranker: z.enum(RANKER_CHOICES) }).meta({
    description:
      'What orders the products that sessions bring: the shop’s own ranker, the shipped one, or none. For variants of experiments, above all.',
  }),
]);
export type Action = z.infer<typeof actionSchema>;

export const ruleSchema = z.strictObject({
  name: z.string().min(1).max(100),
  enabled: z.boolean().default(true),
  priority: z.int().min(-1_000).max(1_000).default(0).meta({ description: 'The greater comes first.' }),
  slots: z
    .array(slotNameSchema)
    .min(1)
    .max(MAX_SLOTS)
    .optional()
    .meta({ description: 'Where it holds; default: everywhere.' }),
  when: conditionSchema.optional().meta({
    description: 'CEL over `visitor`, `segments`, `attributes`, `context`; default: always.',
  }),
  schedule: scheduleSchema.optional(),
  actions: z.array(actionSchema).min(1).max(MAX_ACTIONS),
});
export type Rule = z.infer<typeof ruleSchema>;

/** What a merchandiser says of a site: its slots and its rules. Published as a whole, under a version. */
export const merchandisingSchema = z.strictObject({
  active: z.boolean().default(true).meta({ description: 'False: no rule holds anywhere; slots stay as they are.' }),
  slots: z
    .record(slotNameSchema, slotSchema)
    .refine((slots) => Object.keys(slots).length <= MAX_SLOTS, `at most ${MAX_SLOTS}`)
    .default({}),
  rules: z.array(ruleSchema).max(MAX_RULES).default([]),
});
export type Merchandising = z.infer<typeof merchandisingSchema>;
