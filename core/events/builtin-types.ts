import { z } from 'zod';
import { choicesSchema } from '../consent/purposes.ts';
import { importedTraitsSchema } from './imported-traits.ts';
import { userIdSchema } from './person-ids.ts';

const text = z.string().min(1).max(1024);
const id = z.union([z.string().min(1).max(256), z.number().transform(String).pipe(z.string())]);
const amount = z.number().finite();
const currency = z.string().regex(/^[A-Z]{3}$/, 'currency must be an ISO 4217 code such as "EUR"');

const product = z.looseObject({
  product_id: id,
  name: text.optional(),
  category: text.optional(),
  brand: text.optional(),
  price: amount.nonnegative().optional(),
  currency: currency.optional(),
  quantity: z.int().positive().max(1_000_000).optional(),
});
const products = z.array(product).max(200);

const listed = z.looseObject({
  products: products.optional(),
  total: amount.optional(),
  currency: currency.optional(),
});

/** The schema of `properties` for each built-in type: Segment's e-commerce names in snake case, other members allowed. */
export const BUILTIN_PROPERTIES = {
  page_viewed: z.looseObject({
    url: text.max(4096).optional(),
    title: text.optional(),
    referrer: z.string().max(4096).optional(),
  }),
  product_viewed: product,
  product_clicked: product,
  product_favorited: product,
  product_added: product,
  product_removed: product,
  product_list_viewed: z.looseObject({
    list_id: text.optional(),
    category: text.optional(),
    products: products.optional(),
  }),
  cart_viewed: listed,
  checkout_started: listed.extend({ order_id: id.optional() }),
  order_completed: listed.extend({ order_id: id, products: products.min(1) }),
  product_searched: z.looseObject({ query: z.string().max(1024) }),
  recommendation_shown: z.looseObject({ slot: text, products: products.optional() }),
  recommendation_clicked: z.looseObject({ slot: text, product_id: id }),
  identify: z.looseObject({}),
  alias: z.looseObject({ previous_id: userIdSchema }),
  consent_changed: z.looseObject({ purposes: choicesSchema }),
  traits_imported: importedTraitsSchema,
} as const satisfies Record<string, z.ZodType>;
