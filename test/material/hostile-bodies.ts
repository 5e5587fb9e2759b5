import fc from 'fast-check';
import { writeProtobuf } from '../../core/collect/protobuf.ts';

const PROTOBUF = 'application/x-protobuf';

/** A body as it is drawn; `bytesOf` makes the bytes that are sent. */
export interface HostileBody {
  readonly text: string;
  readonly charset: 'utf-8' | 'utf-16le' | 'utf-16be' | 'latin1';
  readonly mark: boolean;
  /** What becomes of the bytes: compressed, then cut or spoiled at a place between 0 and 1. */
  readonly compression: 'none' | 'gzip' | 'deflate' | 'said only' | 'twice';
  readonly damage: { readonly kind: 'none' | 'cut' | 'flip' | 'doubled'; readonly at: number };
  readonly contentType: string;
}

const HALVES = ['Trail \ud83d', '\udc5f', 'a\ud800\ud800b', '\ufeff', '\u0000', '\u2028', 'é', '👟', '\u{10ffff}'];
const WORDS = ['undefined', 'null', 'NaN', '[object Object]', '', ' ', '0', 'true', '__proto__', 'constructor', 'ö'];
const NUMBERS = ['9007199254740993', '-0', '1e999', '-1e999', '1e-999', '0.1', '19,99', '1'.repeat(400), '00', '0x1f'];
const NAMES = [
  ...[
    'id',
    'type',
    'anonymousId',
    'userId',
    'events',
    'occurredAt',
    'sentAt',
    'properties',
    'context',
    'traits',
    'proof',
  ],
  ...[
    'product_id',
    'products',
    'price',
    'quantity',
    'currency',
    'order_id',
    'total',
    'consent',
    'page',
    'url',
    'title',
  ],
  ...['name', 'where', 'value', 'within', 'conditions', 'purposes', 'granted', 'categories', 'receipt', 'key', 'hint'],
  ...['specversion', 'source', 'data', 'time', 'batch', 'messageId', 'event', 'groupId', 'previousId', 'timestamp'],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', ''],
];
const TYPES = [
  'product_viewed',
  'product_added',
  'order_completed',
  'identify',
  'alias',
  'consent_changed',
  'own_type',
];
const TIMES = ['2026-11-25T12:00:00Z', 'yesterday', '0000-00-00', '+275760-09-13T00:00:00.001Z', '1764072000000'];

const texts = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...HALVES, ...WORDS, ...NUMBERS, ...TYPES, ...TIMES) },
  { weight: 6, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...HALVES, 'x'), fc.integer({ min: 1, max: 3_000 }))
      .map(([text, n]) => text.repeat(n)),
  },
);
/** Half of a character, escaped as JSON may do. */
const HALF = '\\ud800';

/** JSON as text, since no value of JavaScript writes itself as `9007199254740993` or 10,000 brackets. */
const scalars = fc.oneof(
  { weight: 5, arbitrary: texts.map((text) => JSON.stringify(text)) },
  { weight: 2, arbitrary: fc.constantFrom(...NUMBERS.slice(0, 6), 'null', 'true', 'false', '[]', '{}') },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => String(n)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom('[', '{"a":', '[{"a":[', HALF),
        fc.oneof(
          { weight: 3, arbitrary: fc.integer({ min: 1, max: 40 }) },
          { weight: 1, arbitrary: fc.integer({ min: 41, max: 11_000 }) },
        ),
        fc.integer({ min: 0, max: 30 }).map((n) => n > 0),
      )
      .map(([open, depth, closed]) => {
        if (open === HALF) return `"${HALF.repeat(depth)}"`;
        const close = open === '[' ? ']' : open === '{"a":' ? '}' : ']}]';
        return `${open.repeat(depth)}${closed ? `1${close.repeat(depth)}` : ''}`;
      }),
  },
);
const names = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...NAMES) }, { weight: 1, arbitrary: texts });

const values: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalars,
    fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    fc.array(fc.tuple(names, tie('value')), { maxLength: 5 }).map(objectOf),
  ),
})).value;

function objectOf(members: readonly (readonly [string, string])[]): string {
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
}

/** An event that is right but for the members that are put over it. */
const events = fc
  .record({
    type: fc.constantFrom(...TYPES),
    overlay: fc.array(fc.tuple(names, values), { maxLength: 3 }),
    properties: fc.oneof(fc.constant('{"product_id":"p1","order_id":"o1","price":10}'), values),
    id: fc.uuid(),
  })
  .map(({ type, overlay, properties, id }) =>
    objectOf([
      ['id', JSON.stringify(id)],
      ['type', JSON.stringify(type)],
      ['occurredAt', JSON.stringify(new Date().toISOString())],
      ['anonymousId', '"a-hostile-device"'],
      ['properties', properties],
      ...overlay,
    ]),
  );
/** As Segment's libraries and CloudEvents say it, right but for the members that are put over it. */
const foreign = fc
  .record({
    overlay: fc.array(fc.tuple(names, values), { maxLength: 3 }),
    data: fc.oneof(fc.constant('{"product_id":"p1","userId":"ann"}'), values),
    type: fc.constantFrom('track', 'identify', 'page', 'com.example.product_viewed'),
    id: fc.uuid(),
  })
  .map(({ overlay, data, type, id }) =>
    objectOf([
      ...[
        ['specversion', '"1.0"'],
        ['source', '"/shop"'],
        ['event', '"Product Viewed"'],
        ['anonymousId', '"a-hostile-device"'],
      ].map(([name = '', value = '']) => [name, value] as const),
      ['id', JSON.stringify(id)],
      ['messageId', JSON.stringify(id)],
      ['type', JSON.stringify(type)],
      ['data', data],
      ['properties', data],
      ...overlay,
    ]),
  );
const documents = fc.oneof(
  values,
  foreign,
  fc.array(foreign, { maxLength: 4 }).map((list) => `[${list.join(',')}]`),
  fc.array(foreign, { maxLength: 4 }).map((list) => `{"batch":[${list.join(',')}],"context":{"ip":"0.0.0.0"}}`),
  { weight: 12, arbitrary: fc.array(events, { maxLength: 4 }).map((list) => `{"events":[${list.join(',')}]}`) },
  fc.array(fc.oneof(events, values), { maxLength: 6 }).map((list) => list.join('\n')),
  fc.array(fc.tuple(names, values), { maxLength: 6 }).map(objectOf),
);
const CELLS = ['"', '""', '"a', 'a"b', ',', ';', '\t', '\r', '\n', '\r\n', '"a\nb"', "'", '=1+1', ...WORDS, ...NUMBERS];
const tables = fc
  .tuple(
    fc.array(fc.constantFrom(...NAMES, 'email', 'city'), { minLength: 1, maxLength: 5 }),
    fc.array(fc.array(fc.oneof(fc.constantFrom(...CELLS), texts), { maxLength: 6 }), { maxLength: 8 }),
    fc.constantFrom(',', ';', '\t', '|'),
    fc.constantFrom('\n', '\r\n', '\r'),
  )
  .map(([head, rows, comma, end]) => [head, ...rows].map((cells) => cells.join(comma)).join(end));

/**
 * Bodies as no client of ours makes them: halves of characters, depth, numbers beyond, odd names, broken tables, in encodings that are
 * said, not said or wrong, compressed, cut or spoiled on the way. Many are right but for one thing, so that they come far.
 */
export const hostileBodies: fc.Arbitrary<HostileBody> = fc.record({
  text: fc.oneof(
    { weight: 4, arbitrary: documents },
    { weight: 1, arbitrary: tables },
    { weight: 1, arbitrary: texts },
  ),
  charset: fc.oneof(
    { weight: 9, arbitrary: fc.constant('utf-8' as const) },
    { weight: 1, arbitrary: fc.constantFrom('utf-16le' as const, 'utf-16be' as const, 'latin1' as const) },
  ),
  mark: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  compression: fc.oneof(
    { weight: 9, arbitrary: fc.constant('none' as const) },
    {
      weight: 2,
      arbitrary: fc.constantFrom('gzip' as const, 'deflate' as const, 'said only' as const, 'twice' as const),
    },
  ),
  damage: fc.record({
    kind: fc.oneof(
      { weight: 12, arbitrary: fc.constant('none' as const) },
      { weight: 1, arbitrary: fc.constantFrom('cut' as const, 'flip' as const, 'doubled' as const) },
    ),
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  }),
  contentType: fc.oneof(
    { weight: 8, arbitrary: fc.constant('application/json') },
    { weight: 6, arbitrary: fc.constantFrom('application/x-ndjson', 'text/csv', 'text/plain') },
    {
      weight: 4,
      arbitrary: fc.constantFrom(...['application/cloudevents+json', 'application/cloudevents-batch+json', PROTOBUF]),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        ...['application/json; charset=utf-16le', 'text/csv; charset=windows-1252', 'text/csv; charset=nonsense'],
        ...[
          'application/x-www-form-urlencoded',
          'multipart/form-data; boundary=x',
          'x',
          'application/JSON ; charset="',
        ],
      ),
    },
  ),
});

/** The bytes of a body, and the headers that go with them. */
export async function bytesOf({ text, charset, mark, compression, damage, contentType }: HostileBody) {
  let bytes = (contentType === PROTOBUF && protobufOf(text)) || encoded(mark ? `\ufeff${text}` : text, charset);
  if (compression === 'gzip' || compression === 'twice') bytes = await compressed(bytes, 'gzip');
  if (compression === 'deflate') bytes = await compressed(bytes, 'deflate');
  if (compression === 'twice') bytes = await compressed(bytes, 'gzip');
  bytes = damaged(bytes, damage);
  const headers: Record<string, string> = { 'content-type': contentType };
  if (compression !== 'none') headers['content-encoding'] = compression === 'deflate' ? 'deflate' : 'gzip';
  return { bytes, headers };
}

/** The events of a text as protobuf, where they can be written so. */
function protobufOf(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return new Uint8Array(writeProtobuf(JSON.parse(text)));
  } catch {
    return undefined;
  }
}

/** Halves of characters stay what they are where the encoding can hold them. */
function encoded(text: string, charset: HostileBody['charset']): Uint8Array<ArrayBuffer> {
  if (charset === 'utf-8') return new Uint8Array(new TextEncoder().encode(text));
  if (charset === 'latin1') return Uint8Array.from(text, (letter) => letter.charCodeAt(0) & 0xff);
  const view = new DataView(new ArrayBuffer(text.length * 2));
  for (let index = 0; index < text.length; index += 1)
    view.setUint16(index * 2, text.charCodeAt(index), charset === 'utf-16le');
  return new Uint8Array(view.buffer);
}

async function compressed(bytes: Uint8Array<ArrayBuffer>, how: 'gzip' | 'deflate'): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream(how));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function damaged(bytes: Uint8Array<ArrayBuffer>, { kind, at }: HostileBody['damage']): Uint8Array<ArrayBuffer> {
  const place = Math.floor(at * bytes.length);
  if (kind === 'cut') return bytes.slice(0, place);
  if (kind === 'doubled') return new Uint8Array([...bytes.slice(0, place), ...bytes]);
  if (kind === 'flip' && place < bytes.length) {
    const copy = bytes.slice();
    copy[place] = (copy[place] ?? 0) ^ 0xff;
    return copy;
  }
  return bytes;
}
