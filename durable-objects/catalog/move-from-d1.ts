import { z } from 'zod';
import type { ItemChange } from '../../core/catalog/change.ts';

const ROWS_AT_ONCE = 1_000;

const rowSchema = z
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
  .transform(({ price, currency, available, ...row }) => ({
    ...Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)),
    id: row.id,
    title: row.title,
    url: row.url,
    ...(price !== null && currency !== null && { price: { amount: price, currency } }),
    available: available === 1,
  }));

/** Hands the products of the table `items` on, in the catalogue's order. Once more from the beginning does no harm: what is known is the same. */
export async function movedFromD1(
  env: Env,
  site: string,
  take: (changes: readonly ItemChange[]) => unknown,
): Promise<void> {
  let after = { position: -1, id: '' };
  for (;;) {
    const { results } = await env.DB.prepare(
      `SELECT id, title, url, image, price, currency, category, brand, available, position FROM items
       WHERE site = ?1 AND (position, id) > (?2, ?3) ORDER BY position, id LIMIT ?4`,
    )
      .bind(site, after.position, after.id, ROWS_AT_ONCE)
      .all();
    take(results.map((row) => ({ kind: 'put', item: rowSchema.parse(row) })));
    const last = results.at(-1);
    if (!last || results.length < ROWS_AT_ONCE) return;
    after = { position: Number(last.position), id: String(last.id) };
  }
}
