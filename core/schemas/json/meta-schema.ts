const schemas = { type: 'object', additionalProperties: { $ref: '#' } };
const schemaList = { type: 'array', minItems: 1, items: { $ref: '#' } };
const count = { type: 'integer', minimum: 0 };
const texts = { type: 'array', items: { type: 'string' } };
const one = { $ref: '#' };
/** Keywords whose value is a schema. */
const SINGLE = [
  ...['not', 'if', 'then', 'else', 'contains', 'additionalItems', 'unevaluatedItems'],
  ...['additionalProperties', 'unevaluatedProperties', 'propertyNames'],
];

/**
 * What a schema must look like: the keywords of draft-07 (json-schema.org/draft-07/schema), and beside them those that 2019-09 and 2020-12 brought,
 * since the meta-schemas of these refer to each other dynamically. Other keywords say nothing, and pass.
 */
export const META_SCHEMA = {
  type: ['object', 'boolean'],
  properties: {
    ...Object.fromEntries(SINGLE.map((keyword) => [keyword, one])),
    $id: { type: 'string' },
    $schema: { type: 'string' },
    $ref: { type: 'string' },
    $anchor: { type: 'string' },
    $comment: { type: 'string' },
    title: { type: 'string' },
    description: { type: 'string' },
    multipleOf: { type: 'number', exclusiveMinimum: 0 },
    maximum: { type: 'number' },
    exclusiveMaximum: { type: 'number' },
    minimum: { type: 'number' },
    exclusiveMinimum: { type: 'number' },
    maxLength: count,
    minLength: count,
    pattern: { type: 'string' },
    items: { anyOf: [one, schemaList] },
    prefixItems: schemaList,
    maxItems: count,
    minItems: count,
    uniqueItems: { type: 'boolean' },
    maxContains: count,
    minContains: count,
    maxProperties: count,
    minProperties: count,
    required: { ...texts, uniqueItems: true },
    properties: schemas,
    patternProperties: schemas,
    dependencies: { type: 'object', additionalProperties: { anyOf: [one, texts] } },
    dependentRequired: { type: 'object', additionalProperties: texts },
    dependentSchemas: schemas,
    enum: { type: 'array', minItems: 1 },
    type: {
      anyOf: [{ $ref: '#/definitions/type' }, { type: 'array', items: { $ref: '#/definitions/type' }, minItems: 1 }],
    },
    format: { type: 'string' },
    allOf: schemaList,
    anyOf: schemaList,
    oneOf: schemaList,
    $defs: schemas,
    definitions: schemas,
  },
  definitions: { type: { enum: ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'] } },
};
