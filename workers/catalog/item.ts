import { z } from 'zod';

/** A product as the shop uploads it. */
export const itemSchema = z.object({
  id: z.union([z.string().min(1).max(256), z.number().transform(String).pipe(z.string())]),
  title: z.string().min(1).max(1024),
  url: z.string().min(1).max(4096),
  image: z.string().max(4096).optional(),
  price: z
    .object({ amount: z.number().nonnegative(), currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code') })
    .optional(),
  category: z.string().max(256).optional(),
  brand: z.string().max(256).optional(),
  available: z.boolean().default(true),
});

/** A product of a site's catalogue. */
export type Item = z.infer<typeof itemSchema>;

/** A row of the table `items`. */
export const itemRowSchema = z
  .object({
    id: z.string(),
    title: z.string(),
    url: z.string(),
    image: z.string().nullable(),
    price: z.number().nullable(),
    currency: z.string().nullable(),
    category: z.string().nullable(),
    brand: z.string().nullable(),
    available: z.number(),
  })
  .transform(
    (row): Item => ({
      id: row.id,
      title: row.title,
      url: row.url,
      ...(row.image !== null && { image: row.image }),
      ...(row.price !== null && row.currency !== null && { price: { amount: row.price, currency: row.currency } }),
      ...(row.category !== null && { category: row.category }),
      ...(row.brand !== null && { brand: row.brand }),
      available: row.available === 1,
    }),
  );
