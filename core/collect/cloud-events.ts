import { createHash } from 'node:crypto';
import { BUILTIN_FIELDS } from '../events/builtin-types.ts';
import { UnreadableEvent } from '../events/unreadable-event.ts';
import { parseWellFormed } from '../json/parse.ts';
import { isRecord } from '../json/values.ts';

type Members = Readonly<Record<string, unknown>>;

/** The version that we read. */
const SPEC_VERSION = '1.0';
/** Attributes that become members of the event, and others that are no extensions. */
const KNOWN = new Set(['specversion', 'id', 'type', 'time', 'data', 'data_base64', 'userid', 'anonymousid', 'proof']);
/** An id that nobody else makes: a UUID in one of its forms, or a ULID. */
const UNIQUE_ID = /^([0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}|[0-9A-HJKMNP-TV-Z]{26})$/i;
const HEADER_PREFIX = 'ce-';
const JSON_TYPE = /^(?:application|text)\/(?:[\w.-]+\+)?json\b/i;

/**
 * A CloudEvent (https://github.com/cloudevents/spec, 1.0) as an event of ours, to be checked as any other. `source` and `id` together name it, so
 * the id is their hash, unless it is a UUID or ULID. A type in reverse DNS is the built-in type that it ends with. Whose it is say the extensions
 * `userid` and `anonymousid`, or the data; data with `properties` or `context` are an event's, all other data are its properties.
 *
 * @param now the time of an event that has none, ISO 8601.
 */
export function fromCloudEvent(event: unknown, now: string): unknown {
  if (!isRecord(event)) return event;
  const { specversion, id, source, type, time } = event;
  if (specversion !== SPEC_VERSION)
    return new UnreadableEvent(`specversion: expected "${SPEC_VERSION}", found ${JSON.stringify(specversion)}`, event);
  if (typeof id !== 'string' || id === '' || typeof source !== 'string' || source === '')
    return new UnreadableEvent('id and source: expected two texts that name the event together', event);
  const data = dataOf(event);
  if (data instanceof UnreadableEvent) return data;
  const isWhole = isRecord(data.properties) || isRecord(data.context);
  const { userId, anonymousId, ...others } = data;
  const extensions = Object.fromEntries(Object.entries(event).filter(([name]) => !KNOWN.has(name)));
  const user = event.userid ?? userId;
  const device = event.anonymousid ?? anonymousId;
  const context = isWhole && isRecord(data.context) ? data.context : {};
  return {
    id: UNIQUE_ID.test(id) ? id : hashOf(source, id),
    type: typeOf(type),
    occurredAt: time ?? now,
    ...(user !== undefined && { userId: user }),
    ...(device !== undefined && { anonymousId: device }),
    ...(typeof event.proof === 'string' && { proof: event.proof }),
    properties: isWhole ? (data.properties ?? {}) : others,
    context: { ...context, cloudevent: { id, ...extensions } },
  };
}

/** The data as an object; none are an empty one. */
function dataOf(event: Members): Members | UnreadableEvent {
  const { data, data_base64: encoded, datacontenttype: type } = event;
  const isJson = type === undefined || (typeof type === 'string' && JSON_TYPE.test(type));
  const fault = new UnreadableEvent('data: expected a JSON object (datacontenttype application/json)', event);
  if (encoded === undefined) {
    if (data === undefined || data === null) return {};
    return isJson && isRecord(data) ? data : fault;
  }
  if (!isJson || typeof encoded !== 'string') return fault;
  try {
    const decoded = parseWellFormed(Buffer.from(encoded, 'base64').toString('utf8'));
    return isRecord(decoded) ? decoded : fault;
  } catch {
    return fault;
  }
}

/** `com.example.shop.product_viewed` is a `product_viewed`. */
function typeOf(type: unknown): unknown {
  if (typeof type !== 'string') return type;
  const last = type.slice(Math.max(type.lastIndexOf('.'), type.lastIndexOf('/')) + 1);
  return Object.hasOwn(BUILTIN_FIELDS, last) ? last : type;
}

function hashOf(source: string, id: string): string {
  return `ce-${createHash('sha256')
    .update(JSON.stringify([source, id]))
    .digest('base64url')
    .slice(0, 40)}`;
}

/**
 * A CloudEvent in binary mode: its attributes stand in headers, percent-encoded, and its data are the body, none if it is empty.
 */
export function binaryCloudEvent(headers: Iterable<readonly [string, string]>, body: unknown): unknown {
  const attributes = [...headers].flatMap(([name, value]) =>
    name.startsWith(HEADER_PREFIX) ? [[name.slice(HEADER_PREFIX.length), decoded(value)] as const] : [],
  );
  return { ...Object.fromEntries(attributes), ...(body !== undefined && { data: body }) };
}

function decoded(value: string): string {
  const text = /^".*"$/.test(value) ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
