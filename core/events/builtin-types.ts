import { currency, type FieldReader, id, price, quantity, text, total, url } from './field-readers.ts';

/** How a field of a built-in type is read, what its event is without it, and what a document says of it. */
export interface Field {
  readonly read: FieldReader | 'products';
  /** Without a usable value the event, or the line of an order, cannot be understood. */
  readonly required?: true;
  /** What would be right, for an error or a warning. */
  readonly right: string;
  /** What it holds once it is read, as JSON Schema; of `products` the lines are added. */
  readonly schema: Readonly<Record<string, unknown>>;
}

/** Fields by name, as they are read one after the other. */
export type Fields = readonly (readonly [name: string, field: Field])[];

const fieldsOf = (fields: Readonly<Record<string, Field>>): Fields => Object.entries(fields);

const SHORT_TEXT = { type: 'string', minLength: 1, maxLength: 1_024 } as const;
const TEXT = { read: text, right: 'a text of 1–1,024 characters', schema: SHORT_TEXT } as const;
const URL_TEXT = {
  read: url,
  right: 'a text of at most 4,096 characters',
  schema: { type: 'string', minLength: 1, maxLength: 4_096 },
} as const;
const DECISION = {
  read: text,
  right: 'the `decision` that came with the recommendation, as it is',
  schema: SHORT_TEXT,
} as const;
const PRODUCT_ID = {
  read: id,
  right: 'a text of 1–256 characters, or a whole number up to 2^53',
  schema: { type: 'string', minLength: 1, maxLength: 256 },
} as const;
const CURRENCY = {
  read: currency,
  right: 'an ISO 4217 code such as "EUR"',
  schema: { type: 'string', pattern: '^[A-Z]{3}$' },
} as const;
const TOTAL = {
  read: total,
  right: 'a number such as 19.99',
  schema: { type: 'number', minimum: -1e12, maximum: 1e12 },
} as const;

/** Lines of an event, at most; what is beyond is left out. */
export const MAX_PRODUCTS = 200;

const PRODUCTS = {
  read: 'products',
  right: 'an array of at most 200 objects with product_id',
  schema: { type: 'array', maxItems: MAX_PRODUCTS },
} as const;

const PRODUCT_FIELDS = {
  product_id: { ...PRODUCT_ID, required: true },
  name: TEXT,
  category: TEXT,
  brand: TEXT,
  price: {
    read: price,
    right: 'a number from 0 on, such as 19.99',
    schema: { type: 'number', minimum: 0, maximum: 1e12 },
  },
  currency: CURRENCY,
  quantity: {
    read: quantity,
    right: 'a whole number from 1 on',
    schema: { type: 'integer', minimum: 1, maximum: 1_000_000 },
  },
} as const;
/** A product, by itself or as a line of an order. */
export const PRODUCT = fieldsOf(PRODUCT_FIELDS);
const LISTED = { products: PRODUCTS, total: TOTAL, currency: CURRENCY } as const;

/** The fields of `properties` for each built-in type: Segment's e-commerce names in snake case, other members are kept as they are. */
export const BUILTIN_FIELDS: Readonly<Record<string, Fields>> = {
  page_viewed: fieldsOf({ url: URL_TEXT, title: TEXT, referrer: URL_TEXT }),
  product_viewed: PRODUCT,
  product_clicked: PRODUCT,
  product_favorited: PRODUCT,
  product_added: PRODUCT,
  product_removed: PRODUCT,
  product_list_viewed: fieldsOf({ list_id: TEXT, category: TEXT, products: PRODUCTS }),
  cart_viewed: fieldsOf(LISTED),
  checkout_started: fieldsOf({ ...LISTED, order_id: PRODUCT_ID }),
  order_completed: fieldsOf({ ...LISTED, order_id: { ...PRODUCT_ID, required: true } }),
  product_searched: fieldsOf({ query: TEXT }),
  recommendation_shown: fieldsOf({
    slot: { ...TEXT, required: true },
    products: PRODUCTS,
    content: TEXT,
    decision: DECISION,
  }),
  recommendation_clicked: fieldsOf({
    slot: { ...TEXT, required: true },
    product_id: { ...PRODUCT_ID, required: true },
    decision: DECISION,
  }),
};
