import { sha256 } from '@noble/hashes/sha2.js';
import { isRecord } from '../json/values.ts';

type Members = Readonly<Record<string, unknown>>;

/** Longest event id that is taken as it is. */
const ID_LENGTH = 64;
const TYPE_LENGTH = 64;

/** The events of Segment's e-commerce spec whose names here are others than their own in snake case. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['products searched', 'product_searched'],
  ['product added to wishlist', 'product_favorited'],
]);

/** Kinds of calls, by the short names that browsers use. */
export const SEGMENT_CALLS = {
  track: 'track',
  t: 'track',
  identify: 'identify',
  i: 'identify',
  page: 'page',
  p: 'page',
  screen: 'screen',
  s: 'screen',
  group: 'group',
  g: 'group',
  alias: 'alias',
  a: 'alias',
} as const;

/**
 * A call of Segment's HTTP API as an event of ours, to be checked as any other: names in snake case, `messageId` as id, what identifies nobody
 * left out. See https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/.
 *
 * @param call the kind, where the address says it and the message does not.
 * @param newId an id for a message that has none: it cannot be told from a copy of itself.
 */
export function fromSegment(message: unknown, call: string | undefined, now: string, newId: () => string): unknown {
  if (!isRecord(message)) return message;
  const kind = typeof message.type === 'string' ? message.type : call;
  const { messageId, anonymousId, userId, context } = message;
  const said = eventOf(kind, message);
  return {
    id: idOf(messageId) ?? newId(),
    type: said.type,
    occurredAt: message.timestamp ?? message.originalTimestamp ?? now,
    ...(anonymousId !== undefined && anonymousId !== null && { anonymousId }),
    ...(userId !== undefined && userId !== null && { userId }),
    properties: said.properties,
    ...(isRecord(context) && { context: said.name === undefined ? context : { ...context, event: said.name } }),
  };
}

/** What a message is about: its type and properties, and the name that it had where that could not be taken as it is. */
function eventOf(kind: unknown, message: Members): { type: unknown; properties: Members; name?: string } {
  const properties = isRecord(message.properties) ? message.properties : {};
  const traits = isRecord(message.traits) ? message.traits : {};
  const name = message.name === undefined || message.name === null ? {} : { name: message.name };
  switch (kind) {
    case 'track':
      return tracked(message.event, properties);
    case 'identify':
      // Without a user it says something of a device only.
      return { type: message.userId ? 'identify' : 'traits_declared', properties: traits };
    case 'page':
      return { type: 'page_viewed', properties: { ...properties, ...name } };
    case 'screen':
      return { type: 'screen_viewed', properties: { ...properties, ...name } };
    case 'group':
      return { type: 'group', properties: { ...traits, group_id: message.groupId } };
    case 'alias':
      return { type: 'alias', properties: { previous_id: message.previousId } };
    default:
      return { type: kind, properties };
  }
}

function tracked(event: unknown, properties: Members): { type: unknown; properties: Members; name?: string } {
  if (typeof event !== 'string') return { type: event, properties };
  const type = NAMES.get(event.trim().toLowerCase()) ?? snakeCase(event);
  const meant = type === 'order_completed' ? order(properties) : properties;
  const ours = type.startsWith('product_') ? product(meant) : meant;
  return { type, properties: ours, ...(type !== event && { name: event.slice(0, 1_024) }) };
}

/** "Order Completed" as `order_completed`; what is no letter, digit, dot, colon or dash becomes "_". */
function snakeCase(name: string): string {
  const text = name
    .trim()
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/[^\w.:-]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase()
    .slice(0, TYPE_LENGTH);
  return /^[a-z]/.test(text) ? text : `event_${text}`.slice(0, TYPE_LENGTH);
}

/** An order's total, which older libraries call revenue or value. */
function order(properties: Members): Members {
  const { total = properties.revenue ?? properties.value } = properties;
  const { products } = properties;
  return {
    ...properties,
    ...(total !== undefined && { total }),
    ...(products !== undefined && { products: productsOf(products) }),
  };
}

function productsOf(products: unknown): unknown {
  return Array.isArray(products) ? products.map((one) => (isRecord(one) ? product(one) : one)) : products;
}

/** A product by its id, or, as some shops say it, by its SKU. */
function product(properties: Members): Members {
  const { product_id: id = properties.productId ?? properties.id ?? properties.sku } = properties;
  return id === undefined ? properties : { ...properties, product_id: id };
}

/** A message's id; one that is longer than ids are here becomes its hash, the same each time it comes. */
function idOf(messageId: unknown): string | undefined {
  if (typeof messageId !== 'string' || messageId === '') return undefined;
  return messageId.length <= ID_LENGTH ? messageId : Buffer.from(sha256(Buffer.from(messageId))).toString('hex');
}
