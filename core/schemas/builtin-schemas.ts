import { BUILTIN_FIELDS, type Field, type Fields, PRODUCT } from '../events/builtin-types.ts';
import { PERSONAL } from './json/personal.ts';

/** How the subjects of built-in types begin: `vitrine.order_completed` is what Vitrine itself reads of `order_completed`. */
export const BUILTIN_PREFIX = 'vitrine.';
/** Above every id that a site's own schemas get. */
const FIRST_ID = 900_000_001;

/** What each built-in type of events tells. */
const ABOUT: Readonly<Record<string, string>> = {
  page_viewed: 'A page was opened.',
  product_viewed: 'A product’s page was opened.',
  product_clicked: 'A product was clicked in a list.',
  product_favorited: 'A product was put on the wish list.',
  product_added: 'A product was put into the cart.',
  product_removed: 'A product was taken out of the cart.',
  product_list_viewed: 'A list of products was shown.',
  cart_viewed: 'The cart was opened; `products` is all that is in it.',
  checkout_started: 'The way to pay was begun.',
  order_completed: 'An order was placed. One `order_id` counts once.',
  product_searched: 'Something was searched for.',
  recommendation_shown: 'A slot was seen.',
  recommendation_clicked: 'What a slot showed was clicked.',
  identify: 'Who the visitor is, and what the shop knows of him: every member of `properties` is a trait.',
  alias: 'Two user ids are one person’s.',
};

type Schema = Readonly<Record<string, unknown>>;

const SAID_BY_PEOPLE: Readonly<Record<string, Schema>> = {
  identify: { type: 'object', additionalProperties: { [PERSONAL]: true } },
  alias: {
    type: 'object',
    properties: {
      previous_id: { type: 'string', minLength: 1, maxLength: 128, description: 'the other user id', [PERSONAL]: true },
    },
    required: ['previous_id'],
  },
};

/** What is known of a built-in type's `properties`, as a subject of the registry that nobody changes. */
export interface BuiltinSchema {
  /** e.g. `vitrine.order_completed`. */
  readonly subject: string;
  /** e.g. `order_completed`. */
  readonly type: string;
  readonly about: string;
  readonly version: 1;
  readonly id: number;
  readonly schema: Schema;
  readonly text: string;
}

/** Every built-in type: a shop's own schema of the type extends it with `"$ref": "vitrine.order_completed"`. */
export const BUILTIN_SCHEMAS: readonly BuiltinSchema[] = Object.entries({
  ...Object.fromEntries(Object.entries(BUILTIN_FIELDS).map(([type, fields]) => [type, objectOf(fields)])),
  ...SAID_BY_PEOPLE,
}).map(([type, own], index) => {
  const about = ABOUT[type] ?? '';
  const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', title: type, description: about, ...own };
  return {
    subject: `${BUILTIN_PREFIX}${type}`,
    type,
    about,
    version: 1,
    id: FIRST_ID + index,
    schema,
    text: JSON.stringify(schema),
  };
});

function objectOf(fields: Fields): Schema {
  const required = fields.filter(([, field]) => field.required).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(([name, field]) => [name, schemaOf(field)])),
    ...(required.length > 0 && { required }),
  };
}

function schemaOf({ read, schema, right }: Field): Schema {
  return { ...schema, description: right, ...(read === 'products' && { items: objectOf(PRODUCT) }) };
}
