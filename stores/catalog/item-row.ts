import { z } from 'zod';
import type { Item } from '../../core/catalog/item.ts';

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
