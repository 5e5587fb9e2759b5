import avsc from 'avsc';
import { describe, it } from 'vitest';
import { readAvro } from './read-avro.ts';
import { avroConflicts } from './resolve.ts';
import type { AvroType } from './type.ts';

type Schema = unknown;
/** What may become of a schema: before, after; whether the newer one reads old data, whether the older one reads new data; the rule that is broken. */
type Evolution = readonly [
  name: string,
  before: Schema,
  after: Schema,
  backward: boolean,
  forward: boolean,
  rule: string,
];

const record = (fields: readonly object[], more: object = {}) => ({ type: 'record', name: 'Order', fields, ...more });
const field = (name: string, type: Schema, more: object = {}) => ({ name, type, ...more });
const suit = (symbols: readonly string[], more: object = {}) => ({ type: 'enum', name: 'Suit', symbols, ...more });
const fixed = (size: number, more: object = {}) => ({ type: 'fixed', name: 'Hash', size, ...more });
const list = (items: Schema) => ({ type: 'array', items });
const map = (values: Schema) => ({ type: 'map', values });
const id = field('id', 'string');
const MISMATCH = 'TYPE_MISMATCH';
const BRANCH = 'MISSING_UNION_BRANCH';
const NO_DEFAULT = 'READER_FIELD_MISSING_DEFAULT_VALUE';

const EVOLUTIONS: readonly Evolution[] = [
  // Types without names (Avro 1.12, "Schema Resolution": promotions).
  ...['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'].map(
    (type): Evolution => [`${type} stays`, type, type, true, true, ''],
  ),
  ['int becomes long', 'int', 'long', true, false, MISMATCH],
  ['int becomes float', 'int', 'float', true, false, MISMATCH],
  ['int becomes double', 'int', 'double', true, false, MISMATCH],
  ['long becomes float', 'long', 'float', true, false, MISMATCH],
  ['long becomes double', 'long', 'double', true, false, MISMATCH],
  ['float becomes double', 'float', 'double', true, false, MISMATCH],
  ['string becomes bytes', 'string', 'bytes', true, true, ''],
  ['int becomes string', 'int', 'string', false, false, MISMATCH],
  ['boolean becomes int', 'boolean', 'int', false, false, MISMATCH],
  ['null becomes string', 'null', 'string', false, false, MISMATCH],
  ['double becomes bytes', 'double', 'bytes', false, false, MISMATCH],
  ['a name becomes an object', 'int', { type: 'int' }, true, true, ''],
  ['a logical type is given', 'long', { type: 'long', logicalType: 'timestamp-millis' }, true, true, ''],
  [
    'a logical type changes',
    { type: 'long', logicalType: 'timestamp-millis' },
    { type: 'long', logicalType: 'timestamp-micros' },
    true,
    true,
    '',
  ],
  [
    'a decimal’s scale changes',
    { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 },
    { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 3 },
    true,
    true,
    '',
  ],
  // Records.
  ['nothing changes', record([id]), record([id]), true, true, ''],
  ['a field with a default is added', record([id]), record([id, field('n', 'int', { default: 0 })]), true, true, ''],
  ['a field without a default is added', record([id]), record([id, field('n', 'int')]), false, true, NO_DEFAULT],
  ['a field with a default is removed', record([id, field('n', 'int', { default: 0 })]), record([id]), true, true, ''],
  ['a field without a default is removed', record([id, field('n', 'int')]), record([id]), true, false, NO_DEFAULT],
  [
    'an optional field is added',
    record([id]),
    record([id, field('n', ['null', 'int'], { default: null })]),
    true,
    true,
    '',
  ],
  [
    'a nullable field without a default is added',
    record([id]),
    record([id, field('n', ['null', 'int'])]),
    false,
    true,
    NO_DEFAULT,
  ],
  ['fields change their order', record([id, field('n', 'int')]), record([field('n', 'int'), id]), true, true, ''],
  ['a field is renamed', record([id]), record([field('key', 'string')]), false, false, NO_DEFAULT],
  [
    'a field is renamed, and keeps its name as an alias',
    record([id]),
    record([field('key', 'string', { aliases: ['id'] })]),
    true,
    false,
    NO_DEFAULT,
  ],
  [
    'a field’s alias is another field',
    record([id]),
    record([field('key', 'string', { aliases: ['nope'] })]),
    false,
    false,
    NO_DEFAULT,
  ],
  [
    'a default changes',
    record([field('n', 'int', { default: 0 })]),
    record([field('n', 'int', { default: 1 })]),
    true,
    true,
    '',
  ],
  ['a default is removed', record([field('n', 'int', { default: 0 })]), record([field('n', 'int')]), true, true, ''],
  ['a doc is added', record([id]), record([id], { doc: 'An order' }), true, true, ''],
  ['a field’s type widens', record([field('n', 'int')]), record([field('n', 'long')]), true, false, MISMATCH],
  ['a field’s type changes', record([field('n', 'int')]), record([field('n', 'string')]), false, false, MISMATCH],
  ['a field becomes nullable', record([field('n', 'int')]), record([field('n', ['null', 'int'])]), true, false, ''],
  [
    'a nullable field becomes longer',
    record([field('n', ['null', 'int'])]),
    record([field('n', ['null', 'long'])]),
    true,
    false,
    BRANCH,
  ],
  ['the record is renamed', record([id]), { ...record([id]), name: 'Purchase' }, false, false, 'NAME_MISMATCH'],
  [
    'the record is renamed, and keeps its name as an alias',
    record([id]),
    { ...record([id]), name: 'Purchase', aliases: ['Order'] },
    true,
    false,
    'NAME_MISMATCH',
  ],
  ['the record moves into a namespace', record([id]), record([id], { namespace: 'shop' }), true, true, ''],
  [
    'a record in a field changes',
    record([field('a', { ...record([field('n', 'int')]), name: 'A' })]),
    record([field('a', { ...record([field('n', 'long')]), name: 'A' })]),
    true,
    false,
    MISMATCH,
  ],
  [
    'a record in a field gets a field without a default',
    record([field('a', { ...record([]), name: 'A' })]),
    record([field('a', { ...record([id]), name: 'A' })]),
    false,
    true,
    NO_DEFAULT,
  ],
  ['a record becomes a map', record([id]), map('string'), false, false, MISMATCH],
  [
    'a record that holds itself stays',
    record([id, field('next', ['null', 'Order'], { default: null })]),
    record([id, field('next', ['null', 'Order'], { default: null })]),
    true,
    true,
    '',
  ],
  [
    'a record that holds itself widens',
    record([field('n', 'int'), field('next', ['null', 'Order'])]),
    record([field('n', 'long'), field('next', ['null', 'Order'])]),
    true,
    false,
    MISMATCH,
  ],
  ['an empty record gets an optional field', record([]), record([field('n', 'int', { default: 1 })]), true, true, ''],
  // Enums.
  ['a symbol is added', suit(['A']), suit(['A', 'B']), true, false, 'MISSING_ENUM_SYMBOLS'],
  ['a symbol is removed', suit(['A', 'B']), suit(['A']), false, true, 'MISSING_ENUM_SYMBOLS'],
  ['a symbol is removed, and there is a default', suit(['A', 'B']), suit(['A'], { default: 'A' }), true, true, ''],
  [
    'a symbol is added to an enum with a default',
    suit(['A'], { default: 'A' }),
    suit(['A', 'B'], { default: 'A' }),
    true,
    true,
    '',
  ],
  ['symbols change their order', suit(['A', 'B']), suit(['B', 'A']), true, true, ''],
  ['a symbol is replaced', suit(['A', 'B']), suit(['A', 'C']), false, false, 'MISSING_ENUM_SYMBOLS'],
  ['an enum is renamed', suit(['A']), { ...suit(['A']), name: 'Colour' }, false, false, 'NAME_MISMATCH'],
  [
    'an enum is renamed, and keeps its name as an alias',
    suit(['A']),
    { ...suit(['A']), name: 'Colour', aliases: ['Suit'] },
    true,
    false,
    'NAME_MISMATCH',
  ],
  ['an enum becomes a text', suit(['A']), 'string', false, false, MISMATCH],
  // Fixed.
  ['fixed stays', fixed(16), fixed(16), true, true, ''],
  ['the size changes', fixed(16), fixed(32), false, false, 'FIXED_SIZE_MISMATCH'],
  ['fixed is renamed', fixed(16), fixed(16, { name: 'Digest' }), false, false, 'NAME_MISMATCH'],
  [
    'fixed is renamed, and keeps its name as an alias',
    fixed(16),
    fixed(16, { name: 'Digest', aliases: ['Hash'] }),
    true,
    false,
    'NAME_MISMATCH',
  ],
  ['fixed becomes bytes', fixed(16), 'bytes', false, false, MISMATCH],
  // Lists and maps.
  ['elements stay', list('int'), list('int'), true, true, ''],
  ['elements widen', list('int'), list('long'), true, false, MISMATCH],
  ['elements change', list('int'), list('string'), false, false, MISMATCH],
  ['elements become nullable', list('int'), list(['null', 'int']), true, false, MISMATCH],
  ['a list becomes a map', list('int'), map('int'), false, false, MISMATCH],
  ['values widen', map('float'), map('double'), true, false, MISMATCH],
  ['values change', map('string'), map('int'), false, false, MISMATCH],
  [
    'a list of records gets an optional field',
    list(record([id])),
    list(record([id, field('n', 'int', { default: 0 })])),
    true,
    true,
    '',
  ],
  ['a list of lists widens', list(list('int')), list(list('double')), true, false, MISMATCH],
  // Unions.
  ['a union stays', ['null', 'string'], ['null', 'string'], true, true, ''],
  ['branches change their order', ['null', 'string'], ['string', 'null'], true, true, ''],
  ['a branch is added', ['null', 'string'], ['null', 'string', 'int'], true, false, BRANCH],
  ['a branch is removed', ['null', 'string', 'int'], ['null', 'string'], false, true, BRANCH],
  ['a type becomes a union', 'string', ['null', 'string'], true, false, MISMATCH],
  ['a union becomes a type', ['null', 'string'], 'string', false, true, MISMATCH],
  ['a union of one becomes its type', ['string'], 'string', true, true, ''],
  ['a branch widens', ['null', 'int'], ['null', 'double'], true, false, BRANCH],
  ['a type becomes a union that can widen it', 'int', ['null', 'long'], true, false, MISMATCH],
  ['a union becomes a type that can hold each branch', ['int', 'long'], 'double', true, false, ''],
  [
    'a union of records gets another',
    [{ ...record([]), name: 'A' }],
    [
      { ...record([]), name: 'A' },
      { ...record([]), name: 'B' },
    ],
    true,
    false,
    '',
  ],
  ['an empty union gets a branch', [], ['null'], true, false, BRANCH],
];

const read = (schema: Schema): AvroType => {
  const found = readAvro(schema);
  if ('faults' in found) throw new Error(found.faults.join());
  return found.type;
};

/** Where Avro's own checker, and we with it, say otherwise than the other implementation, whose reasons are its own. */
const OTHERWISE: Readonly<Record<string, string>> = {
  'an empty union gets a branch': 'avsc takes no empty union',
  'long becomes float': 'avsc lets no precision be lost',
  'the record moves into a namespace': 'avsc holds full names against each other; Avro’s checker the local ones',
};

describe('evolutions of Avro schemas', () => {
  it.each(EVOLUTIONS)('%s', (name, before, after, backward, forward, rule) => {
    const [older, newer] = [read(before), read(after)];
    const found = { backward: avroConflicts(older, newer), forward: avroConflicts(newer, older) };
    const rules = [...found.backward, ...found.forward].map((conflict) => conflict.rule as string);
    if (
      (found.backward.length === 0) !== backward ||
      (found.forward.length === 0) !== forward ||
      (rule && !rules.includes(rule))
    )
      throw new Error(`${name}: ${JSON.stringify(found)}`);
  });

  it('are what another implementation says they are', ({ expect }) => {
    expect(EVOLUTIONS.length).toBeGreaterThanOrEqual(80);
    const reads = (writer: Schema, reader: Schema): boolean => {
      const types = [reader, writer].map((schema) =>
        avsc.Type.forSchema(schema as avsc.Schema, { wrapUnions: true, registry: {} }),
      );
      try {
        types[0]?.createResolver(types[1] as avsc.Type);
        return true;
      } catch {
        return false;
      }
    };
    const apart = EVOLUTIONS.filter(([name]) => !(name in OTHERWISE)).filter(
      ([, before, after, backward, forward]) => reads(before, after) !== backward || reads(after, before) !== forward,
    );
    expect(apart.map(([name]) => name)).toEqual([]);
  });
});

describe('an Avro schema', () => {
  const refusal = (schema: Schema): string => {
    const found = readAvro(schema);
    return 'faults' in found ? found.faults.join() : 'taken';
  };

  it('that means nothing is refused, with the place', ({ expect }) => {
    expect(refusal('strng')).toContain('there is no type "strng"');
    expect(refusal({})).toContain('lacks "type"');
    expect(refusal(7)).toContain('expected the name of a type');
    expect(refusal(record([{ name: 'n' }]))).toBe('#/fields/0: lacks "type"');
    expect(refusal(record([field('1n', 'int')]))).toContain('#/fields/0/name');
    expect(refusal(record([id, id]))).toContain('#/fields/1/name: there is a field "id" already');
    expect(refusal(record([field('n', 'int', { default: 'x' })]))).toContain('#/fields/0/default: "x" is no int');
    expect(refusal(record([field('n', 'int', { default: 2 ** 31 })]))).toContain('#/fields/0/default');
    expect(refusal(record([field('n', ['null', 'int'], { default: 1 })]))).toBe('taken');
    expect(refusal(suit(['A', 'A']))).toContain('#/symbols');
    expect(refusal(suit(['A'], { default: 'B' }))).toContain('#/default');
    expect(refusal({ type: 'enum', name: 'E' })).toContain('#/symbols');
    expect(refusal(fixed(-1))).toContain('#/size');
    expect(refusal(['int', 'int'])).toContain('#/1: int stands in the union twice');
    expect(refusal([['int']])).toContain('#/0');
    expect(refusal(record([field('a', record([]))]))).toContain('"Order" is defined already');
    expect(refusal({ type: 'record', name: 'int', fields: [] })).toContain('Avro');
    expect(refusal(record([id], { namespace: 'a..b' }))).toContain('#/namespace');
  });

  it('finds names in its namespace, and in what it refers to', ({ expect }) => {
    const money = { type: 'record', name: 'Money', namespace: 'shop', fields: [field('value', 'double')] };
    const order = { type: 'record', name: 'shop.Order', fields: [field('a', 'Money'), field('b', 'shop.Money')] };
    expect(refusal(order)).toContain('#/fields/0/type: there is no type "Money"');
    expect(readAvro(order, [money])).toHaveProperty('type');
  });

  it('of a few kilobytes that holds very many records is compared soon', ({ expect }) => {
    const chain = (last: Schema) =>
      Array.from({ length: 200 }).reduce<Schema>((inner, _, n) => {
        const name = `R${n}`;
        return { type: 'record', name, fields: [field('a', inner), field('b', n === 0 ? inner : `R${n - 1}`)] };
      }, last);
    const deep = readAvro(chain('int'));
    expect(deep).toEqual({ faults: [expect.stringContaining('nests deeper')] });
    const wide = (last: Schema) => [
      ...Array.from({ length: 40 }, (_, n) => ({
        type: 'record',
        name: `R${n}`,
        fields: ['a', 'b'].map((name) => field(name, n === 0 ? last : `R${n - 1}`)),
      })),
    ];
    const [older, newer] = [read(wide('int')), read(wide('string'))];
    expect(avroConflicts(older, older)).toEqual([]);
    expect(avroConflicts(older, newer).length).toBeGreaterThan(0);
  });
});
