import avsc from 'avsc';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { AvroError } from './bytes.ts';
import { canonicalForm, fingerprint } from './canonical.ts';
import { readAvroJson, writeAvroJson } from './json-data.ts';
import { plainJson } from './plain-json.ts';
import { readAvro } from './read-avro.ts';
import { avroReader } from './read-data.ts';
import type { AvroType } from './type.ts';
import { writeAvro } from './write-data.ts';

type Schema = unknown;
interface Case {
  readonly schema: Schema;
  readonly value: unknown;
}

const typeOf = (schema: Schema): AvroType => {
  const found = readAvro(schema);
  if ('faults' in found) throw new Error(found.faults.join());
  return found.type;
};
/** The other implementation, which needs `eval`. */
const oracle = (schema: Schema) => avsc.Type.forSchema(schema as avsc.Schema, { wrapUnions: false, registry: {} });

/** Makes schemas with a value each; every named type has a name of its own. */
const cases = (): fc.Arbitrary<Case> => {
  let names = 0;
  const name = () => {
    names += 1;
    return `N${names}`;
  };
  const whole = fc.oneof(fc.integer(), fc.constantFrom(0, -1, 63, 64, -64, -65, 2 ** 31 - 1, -(2 ** 31)));
  const leaf: fc.Arbitrary<Case> = fc.oneof(
    fc.constant({ schema: 'null', value: null }),
    fc.boolean().map((value) => ({ schema: 'boolean', value })),
    whole.map((value) => ({ schema: 'int', value })),
    // Beyond 2^52 the other implementation loses the last bit of negative ones.
    fc.integer({ min: -(2 ** 52), max: 2 ** 52 }).map((value) => ({ schema: 'long', value })),
    fc.float({ noNaN: true }).map((value) => ({ schema: 'float', value })),
    fc.double({ noNaN: true }).map((value) => ({ schema: 'double', value })),
    fc.string({ unit: 'grapheme' }).map((value) => ({ schema: 'string', value })),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => ({ schema: 'bytes', value: Buffer.from(bytes) })),
    fc
      .uint8Array({ minLength: 4, maxLength: 4 })
      .map((bytes) => ({ schema: { type: 'fixed', name: name(), size: 4 }, value: Buffer.from(bytes) })),
    fc
      .constantFrom('A', 'B', 'C')
      .map((value) => ({ schema: { type: 'enum', name: name(), symbols: ['A', 'B', 'C'] }, value })),
  );
  const { any } = fc.letrec<{ any: Case }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.tuple(tie('any'), fc.integer({ min: 0, max: 3 })).map(([{ schema, value }, times]) => ({
        schema: { type: 'array', items: schema },
        value: Array(times).fill(value),
      })),
      fc
        .tuple(tie('any'), fc.uniqueArray(fc.constantFrom('a', 'b', 'ü'), { maxLength: 2 }))
        .map(([{ schema, value }, keys]) => ({
          schema: { type: 'map', values: schema },
          value: Object.fromEntries(keys.map((key) => [key, value])),
        })),
      fc.array(tie('any'), { maxLength: 3 }).map((fields) => ({
        schema: {
          type: 'record',
          name: name(),
          fields: fields.map(({ schema }, n) => ({ name: `f${n}`, type: schema })),
        },
        value: Object.fromEntries(fields.map(({ value }, n) => [`f${n}`, value])),
      })),
      fc
        .tuple(leaf, fc.boolean())
        .map(([{ schema, value }, isNull]) =>
          schema === 'null' ? { schema, value } : { schema: ['null', schema], value: isNull ? null : value },
        ),
    ),
  }));
  return any;
};

/** Bytes as an array, so that a Buffer and a Uint8Array are equal; records without their class. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
};

describe('Avro data', () => {
  it('are byte for byte what another implementation writes, and are read as it reads them', ({ expect }) => {
    let seen = 0;
    fc.assert(
      fc.property(cases(), ({ schema, value }) => {
        const [type, other] = [typeOf(schema), oracle(schema)];
        const bytes = other.toBuffer(value);
        expect([...writeAvro(type, value)]).toEqual([...bytes]);
        expect(plain(avroReader(type)(bytes))).toEqual(plain(other.fromBuffer(bytes)));
        expect(canonicalForm(type)).toBe(JSON.stringify(other.schema()));
        seen += 1;
      }),
      { numRuns: 500 },
    );
    expect(seen).toBeGreaterThanOrEqual(60);
  });

  it('that are any bytes are read as a value or refused, soon', ({ expect }) => {
    const nothing = typeOf({ type: 'array', items: 'null' });
    // A block of 2^40 nulls has seven bytes.
    expect(() => avroReader(nothing)(writeAvro(typeOf('long'), 2 ** 40))).toThrow(/more than 1000000 values/);
    const itself = typeOf({ type: 'record', name: 'R', fields: [{ name: 'next', type: ['null', 'R'] }] });
    expect(() => avroReader(itself)(new Uint8Array(10_000).fill(2))).toThrow(/nest deeper/);
    expect(() => avroReader(typeOf('int'))(new Uint8Array())).toThrow('end too early');
    expect(() => avroReader(typeOf('int'))(Uint8Array.of(2, 2))).toThrow('bytes behind');
    expect(() => avroReader(typeOf('string'))(Uint8Array.of(2, 0xff))).toThrow('UTF-8');
    fc.assert(
      fc.property(cases(), fc.uint8Array({ maxLength: 40 }), fc.nat(), (one, noise, place) => {
        const type = typeOf(one.schema);
        const right = writeAvro(type, one.value);
        const at = place % (right.length + 1);
        for (const bytes of [noise, right.subarray(0, at), Uint8Array.from([...right.subarray(0, at), ...noise])]) {
          try {
            avroReader(type)(bytes);
          } catch (error) {
            if (!(error instanceof AvroError)) throw error;
          }
        }
      }),
      // Three pieces of data each: more than 100,000.
      { numRuns: 34_000 },
    );
  }, 120_000);

  it('are in JSON what another implementation writes, and are read from it', ({ expect }) => {
    fc.assert(
      fc.property(cases(), ({ schema, value }) => {
        const type = typeOf(schema);
        const other = avsc.Type.forSchema(schema as avsc.Schema, { wrapUnions: true, registry: {} });
        const text = writeAvroJson(type, value);
        // The other one has no way to write these.
        if (/Infinity|NaN/.test(text)) return;
        // The other one has values of unions with their names; both ways of it must agree with ours.
        expect(plain(JSON.parse(other.toString(other.fromString(text))))).toEqual(plain(JSON.parse(text)));
        expect([...other.toBuffer(other.fromString(text))]).toEqual([...writeAvro(type, value)]);
        expect([...writeAvro(type, readAvroJson(type, JSON.parse(text)))]).toEqual([...writeAvro(type, value)]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('in JSON that are anything are read as a value or refused, with the place', ({ expect }) => {
    fc.assert(
      fc.property(cases(), fc.jsonValue(), (one, json) => {
        const type = typeOf(one.schema);
        try {
          writeAvro(type, readAvroJson(type, json));
        } catch (error) {
          if (!(error instanceof AvroError)) throw error;
        }
      }),
      { numRuns: 2_000 },
    );
    const order = typeOf({
      type: 'record',
      name: 'shop.Order',
      fields: [
        { name: 'n', type: ['null', 'long', 'shop.Order'] },
        { name: 'note', type: 'string', default: 'none' },
      ],
    });
    const read = (json: unknown) => () => readAvroJson(order, json);
    expect(read({ n: { long: '9007199254740993' } })()).toEqual({ n: 9_007_199_254_740_993n, note: 'none' });
    expect(read({ n: 5 })).toThrow('$.n: expected null or {"long": …} or {"shop.Order": …}');
    expect(read({ n: { long: 'x' } })).toThrow('$.n: expected long, but it is string');
    expect(read({ n: null, m: 1 })).toThrow('$: shop.Order has no field "m"');
    expect(read({ note: 'x' })).toThrow('$.n: expected null');
    let deep: unknown = { n: null };
    for (let level = 0; level < 5_000; level += 1) deep = { n: { 'shop.Order': deep } };
    expect(read(deep)).toThrow('deeper than 64');
    const double = typeOf('double');
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -0, 1e21, 5e-324])
      expect(readAvroJson(double, JSON.parse(writeAvroJson(double, value)))).toBe(value);
  });

  it('hold longs of 64 bits: as numbers up to 2^53, as bigints beyond', ({ expect }) => {
    const long = typeOf('long');
    for (const value of [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, -(2n ** 53n) - 1n])
      expect(avroReader(long)(writeAvro(long, value))).toBe(value);
    for (const value of [2 ** 53 - 1, -(2 ** 53 - 1), 2 ** 49, -(2 ** 48)])
      expect(avroReader(long)(writeAvro(long, value))).toBe(value);
    expect(() => writeAvro(long, 2n ** 63n)).toThrow('$: expected long');
    expect(() => avroReader(long)(new Uint8Array(11).fill(0xff))).toThrow('64 bits');
  });

  it('are read by another schema: widened, renamed, with defaults, without what is not known', ({ expect }) => {
    const record = (fields: object[], more: object = {}) => typeOf({ type: 'record', name: 'Order', fields, ...more });
    const suit = { type: 'enum', name: 'Suit', symbols: ['A', 'B', 'C'] };
    const writer = record([
      { name: 'id', type: 'string' },
      { name: 'n', type: 'int' },
      { name: 'gone', type: { type: 'array', items: 'string' } },
      { name: 'suit', type: suit },
      { name: 'u', type: ['null', 'int'] },
      { name: 'raw', type: 'string' },
    ]);
    const reader = record(
      [
        { name: 'u', type: ['string', 'null', 'double'] },
        { name: 'key', type: 'string', aliases: ['id'] },
        { name: 'n', type: ['null', 'double'] },
        { name: 'suit', type: { ...suit, symbols: ['A', 'X'], default: 'X' } },
        { name: 'raw', type: 'bytes' },
        { name: 'more', type: { type: 'map', values: 'int' }, default: { a: 1 } },
        { name: 'note', type: ['null', 'string'], default: null },
        { name: 'bin', type: 'bytes', default: 'ÿ' },
      ],
      { name: 'Purchase', aliases: ['Order'] },
    );
    const bytes = writeAvro(writer, { id: 'o1', n: 7, gone: ['x'], suit: 'C', u: 3, raw: 'ab' });
    expect(plain(avroReader(writer, reader)(bytes))).toEqual({
      u: 3,
      key: 'o1',
      n: 7,
      suit: 'X',
      raw: [97, 98],
      more: { a: 1 },
      note: null,
      bin: [255],
    });
    expect(() => avroReader(reader, writer)).toThrow();
    // What only some values cannot be is refused when such a value comes.
    const union = avroReader(typeOf(['string', 'int']), typeOf('int'));
    expect(union(writeAvro(typeOf(['string', 'int']), 5))).toBe(5);
    expect(() => union(writeAvro(typeOf(['string', 'int']), 'x'))).toThrow('string cannot be read as int');
  });

  it('are JSON as a producer without Avro would send it', ({ expect }) => {
    const fields = [
      { name: 'at', type: { type: 'long', logicalType: 'timestamp-micros' } },
      { name: 'day', type: ['null', { type: 'int', logicalType: 'date' }] },
      { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 } },
      { name: 'raw', type: 'bytes' },
      { name: 'big', type: 'long' },
      { name: 'none', type: ['null', 'string'] },
      { name: 'odd', type: { type: 'string', logicalType: 'date' } },
    ];
    const type = typeOf({ type: 'record', name: 'R', fields });
    const value = {
      at: 1_764_201_600_000_000,
      day: 20_419,
      price: Uint8Array.of(0xff, 0x85),
      raw: Uint8Array.of(1, 2),
      big: 2n ** 60n,
      none: null,
      odd: 'x',
    };
    expect(plainJson(type, avroReader(type)(writeAvro(type, value)))).toEqual({
      ...{
        at: '2025-11-27T00:00:00.000Z',
        day: '2025-11-27',
        price: '-1.23',
        raw: 'AQI=',
        big: '1152921504606846976',
        odd: 'x',
      },
    });
  });

  it('of the same form have the same fingerprint, which is the one that Avro’s own tests have', ({ expect }) => {
    // Apache Avro, share/test/data/schema-tests.txt.
    const known = {
      null: 7195948357588979594n,
      int: 8247732601305521295n,
      bytes: 5746618253357095269n,
      string: -8142146995180207161n,
    };
    for (const [schema, print] of Object.entries(known)) expect(fingerprint(typeOf(schema))).toBe(print);
    const described = {
      type: 'record',
      name: 'R',
      namespace: 'x',
      doc: 'D',
      fields: [{ name: 'a', type: { type: 'int' }, default: 1 }],
    };
    expect(fingerprint(typeOf(described))).toBe(
      fingerprint(typeOf({ type: 'record', name: 'x.R', fields: [{ name: 'a', type: 'int' }] })),
    );
  });
});
