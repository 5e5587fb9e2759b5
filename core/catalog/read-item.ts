import * as read from '../events/field-readers.ts';
import { found, isRecord } from '../json/values.ts';
import type { ItemChange } from './change.ts';
import { type AttributeValue, AVAILABILITIES, type Item, type Money } from './item.ts';
import { type Field, fieldOf } from './item-fields.ts';

/** A row that was read, with what was left out of it, in words, and the names that say nothing to us; or why it is no product. */
export type ItemRead =
  | { readonly change: ItemChange; readonly notes: readonly string[]; readonly unknown: readonly string[] }
  | { readonly fault: string; readonly id?: string };

/** How a row is meant: as the whole product, or as what is to change of it. */
export type RowMeaning = 'put' | 'patch';

/** Words of feeds for what can be had, as letters: schema.org's, Merchant Center's, and what shops write. */
const AVAILABLE: Readonly<Record<string, (typeof AVAILABILITIES)[number]>> = {
  ...group(
    'in_stock',
    'instock available yes true 1 limitedavailability limitedstock lowstock onlineonly instoreonly madetoorder',
  ),
  ...group('out_of_stock', 'outofstock soldout unavailable no false 0 discontinued notavailable'),
  ...group('preorder', 'preorder presale comingsoon'),
  ...group('backorder', 'backorder backordered availableonbackorder'),
};
/** How to say it, where that is not plain. */
const WRITE: Partial<Record<keyof Item, string>> = {
  price: '; write "19.99 EUR" or {"amount":19.99,"currency":"EUR"}',
  sale: '; write "14.99 EUR" or {"price":{"amount":14.99,"currency":"EUR"},"until":"2030-01-31T23:59:59Z"}',
};
/** A price in words is an amount, and a currency beside it. */
const CURRENCY = /(?<![A-Za-z])[A-Za-z]{3}(?![A-Za-z])|[€£₹₩₺₽₴₪]/u;

/**
 * Reads a row of an upload or a feed, in any of the names and forms that feeds use. A member that is empty says nothing, but in a patch that it
 * goes. What has no usable value is left out, and named; but whether the product can be had must be clear, since nobody may be shown what is
 * sold out.
 */
export function readItem(row: unknown, meaning: RowMeaning): ItemRead {
  if (!isRecord(row))
    return { fault: `a product must be an object such as {"id":"1","title":"Shirt","url":"/p/1"}, ${found(row)}` };
  const { fields, attributes, unknown, isDeleted } = sorted(row);
  const id = read.id(fields.get('id'))?.value;
  if (typeof id !== 'string') return { fault: `id: must be a text of 1–256 characters, ${found(fields.get('id'))}` };
  if (isDeleted) return { change: { kind: 'delete', id }, notes: [], unknown: [] };
  const notes: string[] = [];
  const available = availabilityOf(fields);
  if (available && 'fault' in available) return { ...available, id };
  const set: Record<string, unknown> = { ...available };
  const keep = (name: keyof Item, value: unknown) => {
    if (value !== undefined) set[name] = value;
    else if (!isEmpty(fields.get(name)))
      notes.push(`${name}: left out, ${found(fields.get(name))}${WRITE[name] ?? ''}`);
  };
  for (const name of ['title', 'category', 'brand'] as const) keep(name, read.text(fields.get(name))?.value);
  for (const name of ['url', 'image'] as const) keep(name, read.url(fields.get(name))?.value);
  keep('group', read.id(fields.get('group'))?.value);
  keep('description', textOf(fields.get('description'), 5_000));
  const currency = read.currency(fields.get('currency'))?.value;
  keep('price', moneyOf(fields.get('price'), currency));
  keep('sale', saleOf(fields, currency));
  keep('attributes', attributesOf(fields.get('attributes'), attributes));
  if (isRecord(fields.get('locales'))) set.locales = localesOf(fields.get('locales') as Record<string, unknown>);
  for (const name of ['category', 'brand'] as const)
    if (typeof set[name] === 'string') set[name] = (set[name] as string).slice(0, 256).toWellFormed();
  if (meaning === 'patch') {
    const clear = [...fields]
      .filter(([name, value]) => isEmpty(value) && CLEARABLE.has(name))
      .map(([name]) => name as keyof Item);
    return { change: { kind: 'patch', id, set: set as Partial<Item>, clear }, notes, unknown };
  }
  const missing = (['title', 'url'] as const).filter((name) => set[name] === undefined);
  if (missing.length > 0)
    return { fault: missing.map((name) => `${name}: must be a text, ${found(fields.get(name))}`).join('; '), id };
  return { change: { kind: 'put', item: { available: true, ...set, id } as Item }, notes, unknown };
}

/** The members of a row by what they say; of two that say the same the first that says anything. */
function sorted(row: Readonly<Record<string, unknown>>) {
  const fields = new Map<Field, unknown>();
  const attributes: Record<string, unknown> = {};
  const unknown: string[] = [];
  let isDeleted = false;
  for (const [name, value] of Object.entries(row)) {
    const field = fieldOf(name);
    if (name === 'deleted') isDeleted = value === true || value === 'true';
    else if (field === undefined) unknown.push(name.slice(0, 64).toWellFormed());
    else if (typeof field === 'object') attributes[field.attribute] = value;
    else if (isEmpty(fields.get(field))) fields.set(field, value);
  }
  return { fields, attributes, unknown, isDeleted };
}

const isEmpty = (value: unknown) =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
/** What an empty value may take away. Whether the product can be had is none of it: nothing said is no word for "yes". */
const CLEARABLE: ReadonlySet<Field> = new Set(
  (['image', 'price', 'sale', 'category', 'brand', 'group', 'description', 'attributes', 'locales'] as const).values(),
);

function availabilityOf(
  fields: ReadonlyMap<Field, unknown>,
): Pick<Item, 'available' | 'availability'> | { fault: string } | undefined {
  const [available, said, stock] = [fields.get('available'), fields.get('availability'), fields.get('stock')];
  if (!isEmpty(available)) {
    const meant = wordOf(available);
    if (meant === undefined) return { fault: `available: must be true or false, ${found(available)}` };
    if (meant === 'out_of_stock') return { available: false, availability: meant };
  }
  if (!isEmpty(said)) {
    const meant = wordOf(said);
    if (meant === undefined)
      return { fault: `availability: must be one of ${AVAILABILITIES.join(', ')}, ${found(said)}` };
    return { available: meant !== 'out_of_stock', availability: meant };
  }
  if (!isEmpty(stock)) {
    const many = Number(stock);
    if (Number.isNaN(many)) return { fault: `stock: must be a number, ${found(stock)}` };
    return { available: many > 0, availability: many > 0 ? 'in_stock' : 'out_of_stock' };
  }
  return isEmpty(available) ? undefined : { available: true, availability: 'in_stock' };
}

/** `https://schema.org/InStock`, `in stock`, `in_stock` and `InStock` are one word. */
function wordOf(value: unknown): (typeof AVAILABILITIES)[number] | undefined {
  if (typeof value === 'boolean') return value ? 'in_stock' : 'out_of_stock';
  const word = String(value)
    .replace(/^https?:\/\/(www\.)?schema\.org\//i, '')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
  return Object.hasOwn(AVAILABLE, word) ? AVAILABLE[word] : undefined;
}

function moneyOf(value: unknown, currency: unknown): Money | undefined {
  const given = isRecord(value) ? value.amount : value;
  const amount = read.price(given)?.value;
  const code = isRecord(value) ? value.currency : typeof value === 'string' ? CURRENCY.exec(value)?.[0] : undefined;
  const found = read.currency(code)?.value ?? currency;
  return typeof amount === 'number' && typeof found === 'string' ? { amount, currency: found } : undefined;
}

function saleOf(fields: ReadonlyMap<Field, unknown>, currency: unknown): Item['sale'] {
  const given = fields.get('sale');
  const isWhole = isRecord(given) && 'price' in given;
  const price = moneyOf(isWhole ? given.price : given, currency);
  if (!price) return undefined;
  const dates = String(fields.get('sale_dates') ?? '').split('/');
  const from = timeOf(isWhole ? given.from : dates[0]);
  const until = timeOf(isWhole ? given.until : dates[1]);
  return { price, ...(from !== undefined && { from }), ...(until !== undefined && { until }) };
}

/** A time as feeds write it, `2026-11-24T09:00+0100` too, as ISO 8601 in UTC. */
function timeOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const parsed = Date.parse(value.trim().replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(parsed) ? undefined : new Date(parsed).toISOString();
}

function attributesOf(given: unknown, columns: Readonly<Record<string, unknown>>): Item['attributes'] {
  const all = { ...columns, ...(isRecord(given) && given) };
  const kept = Object.entries(all)
    .map(([name, value]) => [name, attributeOf(value)] as const)
    .filter((entry): entry is readonly [string, AttributeValue] => entry[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

function attributeOf(value: unknown): AttributeValue | undefined {
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value;
  if (Array.isArray(value)) return value.slice(0, 50).flatMap((one) => textOf(one, 256) ?? []);
  return textOf(value, 1_024);
}

function textOf(value: unknown, length: number): string | undefined {
  const said = read.text(value)?.value;
  return typeof said === 'string' && typeof value === 'string'
    ? value.slice(0, length).toWellFormed()
    : (said as string | undefined);
}

/** What differs by language, each read as a product's own members are. */
function localesOf(given: Readonly<Record<string, unknown>>): Item['locales'] {
  return Object.fromEntries(
    Object.entries(given).map(([name, row]) => {
      const local = readItem({ ...(isRecord(row) && row), id: 'local' }, 'patch');
      if ('fault' in local || local.change.kind !== 'patch') return [name, {}];
      const { title, url, image, price, sale, available } = local.change.set;
      return [
        name,
        Object.fromEntries(
          Object.entries({ title, url, image, price, sale, available }).filter(([, value]) => value !== undefined),
        ),
      ];
    }),
  );
}

function group<T>(meaning: T, words: string): Record<string, T> {
  return Object.fromEntries(words.split(' ').map((word) => [word, meaning]));
}
