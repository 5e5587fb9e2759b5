import { z } from 'zod';

/** Attributes of a product, languages that it is told in, and characters of it as JSON, at most. */
export const MAX_ATTRIBUTES = 50;
export const MAX_LOCALES = 40;
export const MAX_ITEM_LENGTH = 32_768;

const moneySchema = z.object({
  amount: z.number().nonnegative(),
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code'),
});
export type Money = z.infer<typeof moneySchema>;

const timeSchema = z.iso.datetime({ offset: true, error: 'must be an ISO 8601 time with zone' });

/** A price for a time; without `from` or `until` it is open on that side. */
const saleSchema = z.object({
  price: moneySchema,
  from: timeSchema.optional(),
  until: timeSchema.optional(),
});

export const AVAILABILITIES = ['in_stock', 'out_of_stock', 'preorder', 'backorder'] as const;

const attributeSchema = z.union([z.string().max(1_024), z.number(), z.boolean(), z.array(z.string().max(256)).max(50)]);
export type AttributeValue = z.infer<typeof attributeSchema>;

/** What differs where another language is spoken, or another country bought in. */
const localSchema = z.object({
  title: z.string().min(1).max(1_024).optional(),
  url: z.string().min(1).max(4_096).optional(),
  image: z.string().max(4_096).optional(),
  price: moneySchema.optional(),
  sale: saleSchema.optional(),
  available: z.boolean().optional(),
});

/** A product of a site's catalogue, as it is kept. */
export const itemSchema = z.object({
  id: z.string().min(1).max(256),
  title: z.string().min(1).max(1_024),
  url: z.string().min(1).max(4_096),
  image: z.string().max(4_096).optional(),
  price: moneySchema.optional(),
  sale: saleSchema.optional().meta({ description: 'A lower price, and from when until when it holds.' }),
  category: z.string().max(256).optional(),
  brand: z.string().max(256).optional(),
  group: z.string().min(1).max(256).optional().meta({
    description: 'What its variants share: of a group one is shown.',
  }),
  description: z.string().max(5_000).optional(),
  available: z.boolean().default(true).meta({ description: 'What is not is never shown.' }),
  availability: z.enum(AVAILABILITIES).optional(),
  attributes: z
    .record(z.string().regex(/^[A-Za-z]\w{0,63}$/, 'a name has letters, digits and "_"'), attributeSchema)
    .refine((attributes) => Object.keys(attributes).length <= MAX_ATTRIBUTES, `at most ${MAX_ATTRIBUTES}`)
    .optional()
    .meta({ description: 'The shop’s own, for rules.' }),
  locales: z
    .record(z.string().regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, 'must be a language such as "de" or "de-AT"'), localSchema)
    .refine((locales) => Object.keys(locales).length <= MAX_LOCALES, `at most ${MAX_LOCALES}`)
    .optional()
    .meta({ description: 'What differs by language ("de") or language and country ("de-AT").' }),
});

/** A product of a site's catalogue. */
export type Item = z.infer<typeof itemSchema>;
