import fc from 'fast-check';
import { describe, it } from 'vitest';
import { compareJsonSchemas } from './compare.ts';
import type { ContentModel } from './comparison.ts';
import { type JsonSchema, readJsonSchema } from './read-schema.ts';
import { isCompatible } from './rules.ts';

type Node = Record<string, unknown> | boolean;

/**
 * What may become of a schema: before, after; whether the newer one reads old data (BACKWARD), whether who has the older one reads new data
 * (FORWARD); FULL is both; and the rule of Confluent's that says so, going forward in time.
 */
type Evolution = readonly [name: string, before: Node, after: Node, backward: boolean, forward: boolean, rule: string];

const open = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });
const closed = (properties: object, more: object = {}) => ({ ...open(properties, more), additionalProperties: false });
const partly = (properties: object, rest: object, more: object = {}) => ({
  ...open(properties, more),
  additionalProperties: rest,
});
const text = { type: 'string' };
const number = { type: 'number' };
const integer = { type: 'integer' };

const EVOLUTIONS: readonly Evolution[] = [
  ['nothing changes', open({ a: text }), open({ a: text }), true, true, ''],
  ['a title is added', text, { ...text, title: 'T' }, true, true, ''],
  ['a description changes', { ...text, description: 'x' }, { ...text, description: 'y' }, true, true, ''],
  ['a default changes', { ...text, default: 'x' }, { ...text, default: 'y' }, true, true, ''],
  // Types.
  ['integer becomes number', integer, number, true, false, 'TYPE_EXTENDED'],
  ['number becomes integer', number, integer, false, true, 'TYPE_NARROWED'],
  ['text becomes number', text, number, false, false, 'TYPE_CHANGED'],
  ['text becomes text or null', text, { type: ['string', 'null'] }, true, false, 'TYPE_EXTENDED'],
  ['text or null becomes text', { type: ['string', 'null'] }, text, false, true, 'TYPE_NARROWED'],
  ['a type is added', {}, text, false, true, 'TYPE_NARROWED'],
  ['a type is removed', text, {}, true, false, ''],
  [
    'text or number becomes text or boolean',
    { type: ['string', 'number'] },
    { type: ['string', 'boolean'] },
    false,
    false,
    'TYPE_NARROWED',
  ],
  [
    'integer or text becomes number or text',
    { type: ['integer', 'string'] },
    { type: ['number', 'string'] },
    true,
    false,
    'TYPE_EXTENDED',
  ],
  ['anything becomes nothing', true, false, false, true, 'TYPE_CHANGED'],
  ['nothing becomes text', false, text, true, false, ''],
  // Values.
  ['a value is added', { enum: ['a'] }, { enum: ['a', 'b'] }, true, false, 'ENUM_ARRAY_EXTENDED'],
  ['a value is removed', { enum: ['a', 'b'] }, { enum: ['a'] }, false, true, 'ENUM_ARRAY_NARROWED'],
  ['a value is replaced', { enum: ['a', 'b'] }, { enum: ['a', 'c'] }, false, false, 'ENUM_ARRAY_CHANGED'],
  ['values change their order', { enum: ['a', 'b'] }, { enum: ['b', 'a'] }, true, true, ''],
  ['values are named', text, { ...text, enum: ['a'] }, false, true, 'ENUM_ARRAY_NARROWED'],
  ['values are not named any more', { ...text, enum: ['a'] }, text, true, false, 'ENUM_ARRAY_EXTENDED'],
  ['a constant changes', { const: 1 }, { const: 2 }, false, false, 'CONST_CHANGED'],
  ['a constant becomes values', { const: 'a' }, { enum: ['a', 'b'] }, true, false, 'ENUM_ARRAY_EXTENDED'],
  // Texts.
  ['maxLength is added', text, { ...text, maxLength: 5 }, false, true, 'MAX_LENGTH_ADDED'],
  ['maxLength is removed', { ...text, maxLength: 5 }, text, true, false, 'MAX_LENGTH_REMOVED'],
  ['maxLength grows', { ...text, maxLength: 5 }, { ...text, maxLength: 6 }, true, false, 'MAX_LENGTH_INCREASED'],
  ['maxLength shrinks', { ...text, maxLength: 6 }, { ...text, maxLength: 5 }, false, true, 'MAX_LENGTH_DECREASED'],
  ['minLength is added', text, { ...text, minLength: 1 }, false, true, 'MIN_LENGTH_ADDED'],
  ['a minLength of nothing is added', text, { ...text, minLength: 0 }, true, true, ''],
  ['minLength grows', { ...text, minLength: 1 }, { ...text, minLength: 2 }, false, true, 'MIN_LENGTH_INCREASED'],
  ['minLength shrinks', { ...text, minLength: 2 }, { ...text, minLength: 1 }, true, false, 'MIN_LENGTH_DECREASED'],
  ['a pattern is added', text, { ...text, pattern: '^a' }, false, true, 'PATTERN_ADDED'],
  ['a pattern is removed', { ...text, pattern: '^a' }, text, true, false, 'PATTERN_REMOVED'],
  ['a pattern changes', { ...text, pattern: '^a' }, { ...text, pattern: '^b' }, false, false, 'PATTERN_CHANGED'],
  ['a format is added', text, { ...text, format: 'email' }, false, true, 'FORMAT_ADDED'],
  ['a format changes', { ...text, format: 'email' }, { ...text, format: 'date' }, false, false, 'FORMAT_CHANGED'],
  // Numbers.
  ['maximum is added', number, { ...number, maximum: 5 }, false, true, 'MAXIMUM_ADDED'],
  ['maximum is removed', { ...number, maximum: 5 }, number, true, false, 'MAXIMUM_REMOVED'],
  ['maximum grows', { ...number, maximum: 5 }, { ...number, maximum: 6 }, true, false, 'MAXIMUM_INCREASED'],
  ['maximum shrinks', { ...number, maximum: 6 }, { ...number, maximum: 5 }, false, true, 'MAXIMUM_DECREASED'],
  ['minimum is added', number, { ...number, minimum: 0 }, false, true, 'MINIMUM_ADDED'],
  ['minimum grows', { ...number, minimum: 0 }, { ...number, minimum: 1 }, false, true, 'MINIMUM_INCREASED'],
  ['minimum shrinks', { ...number, minimum: 1 }, { ...number, minimum: 0 }, true, false, 'MINIMUM_DECREASED'],
  ['exclusiveMinimum is added', number, { ...number, exclusiveMinimum: 0 }, false, true, 'EXCLUSIVE_MINIMUM_ADDED'],
  [
    'exclusiveMaximum grows',
    { ...number, exclusiveMaximum: 5 },
    { ...number, exclusiveMaximum: 6 },
    true,
    false,
    'EXCLUSIVE_MAXIMUM_INCREASED',
  ],
  ['multipleOf is added', number, { ...number, multipleOf: 2 }, false, true, 'MULTIPLE_OF_ADDED'],
  ['multipleOf is removed', { ...number, multipleOf: 2 }, number, true, false, 'MULTIPLE_OF_REMOVED'],
  [
    'multipleOf becomes a multiple',
    { ...number, multipleOf: 2 },
    { ...number, multipleOf: 4 },
    false,
    true,
    'MULTIPLE_OF_EXPANDED',
  ],
  [
    'multipleOf becomes a divisor',
    { ...number, multipleOf: 4 },
    { ...number, multipleOf: 2 },
    true,
    false,
    'MULTIPLE_OF_REDUCED',
  ],
  [
    'multipleOf becomes another',
    { ...number, multipleOf: 2 },
    { ...number, multipleOf: 3 },
    false,
    false,
    'MULTIPLE_OF_CHANGED',
  ],
  // Objects that let in what they do not name.
  [
    'a property is added, open',
    open({ a: text }),
    open({ a: text, b: text }),
    false,
    true,
    'PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL',
  ],
  [
    'a property that may be anything is added, open',
    open({}),
    open({ b: {} }),
    true,
    true,
    'PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL',
  ],
  [
    'a property is removed, open',
    open({ a: text, b: text }),
    open({ a: text }),
    true,
    false,
    'PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL',
  ],
  // Objects that do not.
  [
    'an optional property is added, closed',
    closed({ a: text }),
    closed({ a: text, b: text }),
    true,
    false,
    'OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL',
  ],
  [
    'a required property is added, closed',
    closed({}),
    closed({ b: text }, { required: ['b'] }),
    false,
    false,
    'REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL',
  ],
  [
    'a required property with a default is added, closed',
    closed({}),
    closed({ b: { ...text, default: '' } }, { required: ['b'] }),
    true,
    false,
    'REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL',
  ],
  [
    'a property is removed, closed',
    closed({ a: text, b: text }),
    closed({ a: text }),
    false,
    true,
    'PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL',
  ],
  [
    'a property that may not be there is removed, closed',
    closed({ a: false }),
    closed({}),
    true,
    true,
    'PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL',
  ],
  // In between.
  [
    'a property as others may be is added',
    partly({}, text),
    partly({ b: text }, text),
    true,
    true,
    'PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
  ],
  [
    'a property as others may not be is added',
    partly({}, text),
    partly({ b: number }, text),
    false,
    false,
    'PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
  ],
  [
    'a property as others may be is removed',
    partly({ b: text }, text),
    partly({}, text),
    true,
    true,
    'PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
  ],
  [
    'a property as others may not be is removed',
    partly({ b: number }, text),
    partly({}, text),
    false,
    false,
    'PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
  ],
  ['an object is opened', closed({}), open({}), true, false, 'ADDITIONAL_PROPERTIES_ADDED'],
  ['an object is closed', open({}), closed({}), false, true, 'ADDITIONAL_PROPERTIES_REMOVED'],
  ['an object is opened in part', closed({}), partly({}, text), true, false, 'ADDITIONAL_PROPERTIES_ADDED'],
  ['an object is closed in part', open({}), partly({}, text), false, true, 'ADDITIONAL_PROPERTIES_NARROWED'],
  // What must be there.
  [
    'a property becomes required',
    open({ a: text }),
    open({ a: text }, { required: ['a'] }),
    false,
    true,
    'REQUIRED_ATTRIBUTE_ADDED',
  ],
  [
    'a property with a default becomes required',
    open({ a: { ...text, default: '' } }),
    open({ a: { ...text, default: '' } }, { required: ['a'] }),
    true,
    true,
    'REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED',
  ],
  [
    'a property becomes optional',
    open({ a: text }, { required: ['a'] }),
    open({ a: text }),
    true,
    false,
    'REQUIRED_ATTRIBUTE_REMOVED',
  ],
  ['a property’s type changes', open({ a: text }), open({ a: number }), false, false, 'TYPE_CHANGED'],
  [
    'a property within a property narrows',
    open({ a: open({ b: number }) }),
    open({ a: open({ b: integer }) }),
    false,
    true,
    'TYPE_NARROWED',
  ],
  ['minProperties is added', open({}), open({}, { minProperties: 1 }), false, true, 'MIN_PROPERTIES_ADDED'],
  [
    'maxProperties grows',
    open({}, { maxProperties: 1 }),
    open({}, { maxProperties: 2 }),
    true,
    false,
    'MAX_PROPERTIES_INCREASED',
  ],
  [
    'a dependency is added',
    open({}),
    open({}, { dependentRequired: { a: ['b'] } }),
    false,
    true,
    'DEPENDENCY_ARRAY_ADDED',
  ],
  [
    'a dependency asks for more',
    open({}, { dependentRequired: { a: ['b'] } }),
    open({}, { dependentRequired: { a: ['b', 'c'] } }),
    false,
    true,
    'DEPENDENCY_ARRAY_EXTENDED',
  ],
  [
    'a dependency on a schema is removed',
    open({}, { dependentSchemas: { a: { required: ['b'] } } }),
    open({}),
    true,
    false,
    'DEPENDENCY_SCHEMA_REMOVED',
  ],
  // Lists.
  ['elements get a type', { type: 'array' }, { type: 'array', items: text }, false, true, 'ITEMS_ADDED'],
  ['elements lose their type', { type: 'array', items: text }, { type: 'array' }, true, false, 'ITEMS_REMOVED'],
  [
    'elements narrow',
    { type: 'array', items: number },
    { type: 'array', items: integer },
    false,
    true,
    'TYPE_NARROWED',
  ],
  [
    'maxItems shrinks',
    { type: 'array', maxItems: 5 },
    { type: 'array', maxItems: 4 },
    false,
    true,
    'MAX_ITEMS_DECREASED',
  ],
  [
    'minItems shrinks',
    { type: 'array', minItems: 2 },
    { type: 'array', minItems: 1 },
    true,
    false,
    'MIN_ITEMS_DECREASED',
  ],
  ['elements must differ', { type: 'array' }, { type: 'array', uniqueItems: true }, false, true, 'UNIQUE_ITEMS_ADDED'],
  [
    'elements need not differ',
    { type: 'array', uniqueItems: true },
    { type: 'array' },
    true,
    false,
    'UNIQUE_ITEMS_REMOVED',
  ],
  [
    'a place is added, open',
    { prefixItems: [text] },
    { prefixItems: [text, text] },
    false,
    true,
    'ITEM_ADDED_TO_OPEN_CONTENT_MODEL',
  ],
  [
    'a place is added, closed',
    { prefixItems: [text], items: false },
    { prefixItems: [text, text], items: false },
    true,
    false,
    'ITEM_ADDED_TO_CLOSED_CONTENT_MODEL',
  ],
  [
    'a place is removed, closed',
    { prefixItems: [text, text], items: false },
    { prefixItems: [text], items: false },
    false,
    true,
    'ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL',
  ],
  [
    'further elements are let in',
    { prefixItems: [text], items: false },
    { prefixItems: [text] },
    true,
    false,
    'ADDITIONAL_ITEMS_ADDED',
  ],
  // Alternatives.
  ['an alternative is added', { oneOf: [text] }, { oneOf: [text, number] }, true, false, 'SUM_TYPE_EXTENDED'],
  ['an alternative is removed', { oneOf: [text, number] }, { oneOf: [text] }, false, true, 'SUM_TYPE_NARROWED'],
  [
    'an alternative is replaced',
    { anyOf: [text, number] },
    { anyOf: [text, { type: 'boolean' }] },
    false,
    false,
    'COMBINED_TYPE_SUBSCHEMAS_CHANGED',
  ],
  ['text becomes one of two', text, { oneOf: [text, number] }, true, false, 'SUM_TYPE_EXTENDED'],
  ['one of two becomes text', { oneOf: [text, number] }, text, false, true, 'TYPE_NARROWED'],
  ['oneOf becomes anyOf', { oneOf: [text, number] }, { anyOf: [text, number] }, true, false, 'COMBINED_TYPE_EXTENDED'],
  [
    'a further schema must hold',
    { allOf: [text] },
    { allOf: [text, { maxLength: 5 }] },
    false,
    true,
    'PRODUCT_TYPE_EXTENDED',
  ],
  [
    'a schema need not hold any more',
    { allOf: [text, { maxLength: 5 }] },
    { allOf: [text] },
    true,
    false,
    'PRODUCT_TYPE_NARROWED',
  ],
  ['something is excluded', text, { ...text, not: { const: 'a' } }, false, true, 'NOT_TYPE_EXTENDED'],
  ['less is excluded', { not: number }, { not: integer }, true, false, 'NOT_TYPE_NARROWED'],
  [
    'a condition is added',
    open({}),
    open({}, { if: { required: ['a'] }, else: false }),
    false,
    true,
    'CONDITION_CHANGED',
  ],
  // References.
  [
    'what a reference names narrows',
    { $ref: '#/$defs/n', $defs: { n: number } },
    { $ref: '#/$defs/n', $defs: { n: integer } },
    false,
    true,
    'TYPE_NARROWED',
  ],
  [
    'a schema moves behind a reference',
    open({ a: text }),
    open({ a: { $ref: '#/$defs/t' } }, { $defs: { t: text } }),
    true,
    true,
    '',
  ],
  [
    'a schema that holds itself gets a type within',
    { $defs: {}, type: 'object', properties: { child: { $ref: '#' }, n: number } },
    { $defs: {}, type: 'object', properties: { child: { $ref: '#' }, n: integer } },
    false,
    true,
    'TYPE_NARROWED',
  ],
];

const read = (node: Node): JsonSchema => {
  const found = readJsonSchema(node);
  if ('faults' in found) throw new Error(found.faults.join());
  return found.schema;
};
const verdict = (writer: Node, reader: Node, model?: ContentModel) => {
  const differences = compareJsonSchemas(read(writer), read(reader), model);
  return { fits: differences.every(isCompatible), rules: differences.map(({ rule }) => rule as string) };
};

/** Values of the kinds that the table speaks of. */
const leaf = fc.oneof(
  fc.constantFrom('a', 'b', 'c', '', 'abcdef', 'x@y.example', '2026-01-01', null, true, 1, 2),
  fc.integer({ min: -3, max: 13 }),
  fc.double({ min: -2, max: 8, noNaN: true }),
);
const lists = fc.array(leaf, { maxLength: 6 });
const objects = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'child', 'n'),
  fc.oneof(leaf, fc.dictionary(fc.constantFrom('b', 'n'), leaf)),
  { maxKeys: 4 },
);
const values = fc.oneof(leaf, lists, objects);

/** Where Confluent's rules let data through that the other schema refuses: who reads puts the default in. */
const BY_DEFAULT = /default/;

describe('evolutions of JSON Schemas', () => {
  it.each(EVOLUTIONS)('%s', (name, before, after, backward, forward, rule) => {
    const onward = verdict(before, after);
    if (onward.fits !== backward || verdict(after, before).fits !== forward || (rule && !onward.rules.includes(rule)))
      throw new Error(`${name}: backward ${onward.fits}, forward ${verdict(after, before).fits}, ${onward.rules}`);
  });

  it('that are called compatible let through whatever was right', ({ expect }) => {
    expect(EVOLUTIONS.length).toBeGreaterThanOrEqual(80);
    for (const [name, before, after, backward, forward] of EVOLUTIONS) {
      if (BY_DEFAULT.test(name)) continue;
      const [older, newer] = [read(before), read(after)];
      fc.assert(
        fc.property(values, (value) => {
          const [old, now] = [older, newer].map((schema) => schema.faults(value, 'v').length === 0);
          if (backward && old && !now) throw new Error(`${name}: ${JSON.stringify(value)} was right`);
          if (forward && now && !old) throw new Error(`${name}: ${JSON.stringify(value)} is right now`);
        }),
        { numRuns: 200 },
      );
    }
  });

  it('let an optional property come and go where producers are closed and consumers open', ({ expect }) => {
    const [few, more] = [open({ a: text }), open({ a: text, b: text })];
    for (const [before, after] of [
      [few, more],
      [more, few],
    ] as const)
      expect(verdict(before, after, 'CLOSED_PRODUCERS').fits).toBe(true);
    expect(verdict(few, open({ a: text, b: text }, { required: ['b'] }), 'CLOSED_PRODUCERS').rules).toContain(
      'REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL',
    );
    expect(verdict(few, open({ a: number }), 'CLOSED_PRODUCERS').fits).toBe(false);
  });
});
