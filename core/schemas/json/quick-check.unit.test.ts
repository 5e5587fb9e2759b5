import { Validator } from '@cfworker/json-schema';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { boundedSchema } from './bounded-schema.ts';
import { References } from './document.ts';
import { quickCheck } from './quick-check.ts';
import { readJsonSchema } from './read-schema.ts';

const text = fc.constantFrom('', 'a', 'ab', 'abc', 'A-1', '2026-01-01', '𝒳', '𝒳𝒳', 'x@y.example');
const number = fc.oneof(
  fc.constantFrom(0, 1, 2, -1, 0.1, 0.3, 19.99, 1.005, 1e21, 100),
  fc.integer({ min: -5, max: 50 }),
  fc.double({ min: -5, max: 200, noNaN: true }),
);
const leaf = fc.oneof(text, number, fc.constantFrom(null, true, false));
const names = fc.constantFrom('a', 'b', 'c');
const value = fc.oneof(
  leaf,
  fc.array(leaf, { maxLength: 3 }),
  fc.dictionary(names, fc.oneof(leaf, fc.dictionary(names, leaf, { maxKeys: 2 })), { maxKeys: 3 }),
);
const type = fc.constantFrom('string', 'number', 'integer', 'boolean', 'null', 'array', 'object');
const size = fc.integer({ min: 0, max: 3 });
const { schema } = fc.letrec((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.boolean(),
    fc.record(
      {
        type: fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 })),
        enum: fc.array(leaf, { minLength: 1, maxLength: 4 }),
        const: leaf,
        minimum: number,
        maximum: number,
        exclusiveMinimum: number,
        multipleOf: fc.constantFrom(1, 2, 0.01, 0.1, 0.3, 1e-7, 2.5),
        minLength: size,
        maxLength: size,
        minItems: size,
        maxItems: size,
        pattern: fc.constantFrom('^a', 'b$', '^[A-Z]-\\d+$', '.'),
        format: fc.constantFrom('date', 'email', 'nonsense'),
        required: fc.uniqueArray(names, { maxLength: 2 }),
        properties: fc.dictionary(names, tie('schema'), { maxKeys: 3 }),
        additionalProperties: tie('schema'),
        items: tie('schema'),
        anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
        allOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
        not: tie('schema'),
        $ref: fc.constantFrom('#/$defs/d'),
      },
      { requiredKeys: [] },
    ),
  ),
}));

describe('the quick check', () => {
  it('calls nothing right that the validator refuses, and most of what it takes', ({ expect }) => {
    const count = { right: 0, sure: 0 };
    fc.assert(
      fc.property(
        schema,
        fc.array(value, { minLength: 5, maxLength: 5 }),
        fc.boolean(),
        (generated, instances, isDraft7) => {
          const root = {
            ...(typeof generated === 'object'
              ? (generated as object)
              : { not: generated === false ? {} : { const: 'nothing' } }),
            $defs: { d: { type: ['string', 'number'], maxLength: 2 } },
          };
          const draft = isDraft7 ? '7' : '2020-12';
          const references = new References(root, []);
          const quick = quickCheck(root, references, draft);
          if (!quick || 'faults' in readJsonSchema(root)) return;
          const validator = new Validator(boundedSchema(root, references) as never, draft);
          for (const instance of instances) {
            const { valid } = validator.validate(instance);
            const sure = quick(instance);
            if (sure && !valid) throw new Error(`${JSON.stringify(root)} takes ${JSON.stringify(instance)}`);
            count.right += valid ? 1 : 0;
            count.sure += sure ? 1 : 0;
          }
        },
      ),
      { numRuns: 2_500 },
    );
    expect(count.right).toBeGreaterThan(200);
    expect(count.sure / count.right).toBeGreaterThan(0.8);
  });

  it('says of each keyword by itself what the validator says', ({ expect }) => {
    const alone: readonly object[] = [
      ...['string', 'number', 'integer', 'boolean', 'null', 'array', 'object'].map((name) => ({ type: name })),
      { type: ['string', 'null'] },
      ...[
        { enum: ['a', 1, null] },
        { const: 'ab' },
        { minimum: 1 },
        { maximum: 1 },
        { exclusiveMinimum: 1 },
        { exclusiveMaximum: 1 },
      ],
      ...[
        { multipleOf: 2 },
        { multipleOf: 0.01 },
        { minLength: 2 },
        { maxLength: 2 },
        { minItems: 1 },
        { maxItems: 1 },
      ],
      ...[{ pattern: '^a' }, { format: 'date' }, { required: ['a', 'b'] }, { items: { type: 'string' } }],
      ...[{ properties: { a: { type: 'string' } } }, { additionalProperties: { type: 'string' } }],
      { properties: { a: {} }, additionalProperties: false },
      ...[
        { anyOf: [{ type: 'string' }, { minimum: 1 }] },
        { allOf: [{ minimum: 1 }, { maximum: 9 }] },
        { $ref: '#/$defs/d' },
      ],
    ];
    for (const keywords of alone) {
      const root = { ...keywords, $defs: { d: { type: ['string', 'number'], maxLength: 2 } } };
      const references = new References(root, []);
      const quick = quickCheck(root, references, '2020-12');
      const validator = new Validator(boundedSchema(root, references) as never, '2020-12');
      fc.assert(
        fc.property(value, (instance) => {
          const { valid } = validator.validate(instance);
          const isOdd = typeof instance === 'string' && instance.includes('𝒳') && 'maxLength' in keywords;
          const isFine = 'multipleOf' in keywords && typeof instance === 'number' && !Number.isSafeInteger(instance);
          const sure = quick?.(instance);
          expect([keywords, instance, sure && !valid]).toEqual([keywords, instance, false]);
          if (!isOdd && !isFine && !('$ref' in keywords))
            expect([keywords, instance, sure]).toEqual([keywords, instance, valid]);
        }),
        { numRuns: 150 },
      );
    }
  });
});
