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
  const { sale, locales } = item;
  const local = localOf(locales, locale);
  if (!(local?.of.available ?? item.available)) return undefined;
  const price = local?.of.price ?? item.price;
  const salePrice = inForce(local ? (local.of.sale ?? (local.of.price ? undefined : sale)) : sale, price, nowMs);
  let told = served.get(item);
  if (!told) {
    told = new Map();
    served.set(item, told);
  }
  const key = `${local?.name ?? ''}${salePrice ? '/sale' : ''}`;
  const known = told.get(key);
  if (known) return known;
  const made = make(item, local?.of, price, salePrice);
  told.set(key, made);
  return made;
}

/** What was made of products that a caller holds: the same object is the same answer. */
const served = new WeakMap<Item, Map<string, ServedItem>>();

function make(
  item: Item,
  local: Local | undefined,
  price: Money | undefined,
  salePrice: Money | undefined,
): ServedItem {
  const { sale: _, description: __, locales: ___, availability: ____, ...rest } = item;
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

type Local = NonNullable<Item['locales']>[string];

function localOf(
  locales: Item['locales'],
  locale: string | undefined,
): { readonly name: string; readonly of: Local } | undefined {
  if (!locales || locale === undefined) return undefined;
  const [language = ''] = locale.split('-');
  // Else "constructor" would be a language.
  const name = [locale, language].find((one) => Object.hasOwn(locales, one));
  const of = name === undefined ? undefined : locales[name];
  return name === undefined || !of ? undefined : { name, of };
}

/** The sale's price if it is on, and lower: a sale that is none is not shown as one. */
function inForce(sale: Item['sale'], price: Money | undefined, nowMs: number): Money | undefined {
  if (!sale) return undefined;
  if (sale.from !== undefined && nowMs < Date.parse(sale.from)) return undefined;
  if (sale.until !== undefined && nowMs > Date.parse(sale.until)) return undefined;
  if (price && (price.currency !== sale.price.currency || price.amount <= sale.price.amount)) return undefined;
  return sale.price;
}
