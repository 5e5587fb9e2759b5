import { z } from 'zod';
import { type Item, itemSchema, type Money } from './item.ts';

/** What a read answers of a product. */
export const servedItemSchema = itemSchema
  .omit({ sale: true, description: true, locales: true, availability: true })
  .extend({
    salePrice: itemSchema.shape.price.meta({ description: 'The lower price that holds now.' }),
    available: z.literal(true),
  });
export type ServedItem = z.infer<typeof servedItemSchema>;

/**
 * A product as it is told to a visitor: in his language, where it is told in that ("de-AT", else "de", else as it is), with the sale that
 * is on at `nowMs`, ms since 1970. Nothing if it cannot be had there.
 */
export function servedItem(item: Item, locale: string | undefined, nowMs: number): ServedItem | undefined {
  const { sale, description: _, locales, availability: __, ...rest } = item;
  const local = localOf(locales, locale);
  if (!(local?.available ?? item.available)) return undefined;
  const price = local?.price ?? item.price;
  const salePrice = inForce(local ? (local.sale ?? (local.price ? undefined : sale)) : sale, price, nowMs);
  return {
    ...rest,
    ...(local?.title !== undefined && { title: local.title }),
    ...(local?.url !== undefined && { url: local.url }),
    ...(local?.image !== undefined && { image: local.image }),
    ...(price && { price }),
    ...(salePrice && { salePrice }),
    available: true,
  };
}

function localOf(
  locales: Item['locales'],
  locale: string | undefined,
): NonNullable<Item['locales']>[string] | undefined {
  if (!locales || locale === undefined) return undefined;
  const [language = ''] = locale.split('-');
  // Else "constructor" would be a language.
  for (const name of [locale, language]) if (Object.hasOwn(locales, name)) return locales[name];
  return undefined;
}

/** The sale's price if it is on, and lower: a sale that is none is not shown as one. */
function inForce(sale: Item['sale'], price: Money | undefined, nowMs: number): Money | undefined {
  if (!sale) return undefined;
  if (sale.from !== undefined && nowMs < Date.parse(sale.from)) return undefined;
  if (sale.until !== undefined && nowMs > Date.parse(sale.until)) return undefined;
  if (price && (price.currency !== sale.price.currency || price.amount <= sale.price.amount)) return undefined;
  return sale.price;
}
