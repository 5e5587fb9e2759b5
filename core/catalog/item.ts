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
