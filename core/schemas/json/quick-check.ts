import { format as formats, type SchemaDraft } from '@cfworker/json-schema';
import { boundPattern } from './bound-pattern.ts';
import { MAX_FORMATTED } from './bounded-schema.ts';
import { isSchema, type References, type SchemaNode } from './document.ts';

type Node = { readonly [keyword: string]: unknown };
/** Whether a value is surely right; where it is not sure, the validator has the word. */
type Check = (value: unknown) => boolean;

/**
 * Makes of a schema what says of most right values at once that they are right: a tree of closures over the keywords that events' schemas are made of.
 * It never says so of a value that the validator refuses; it may not say so of one that it takes.
 *
 * @returns nothing where the schema has keywords that it does not know.
 */
export function quickCheck(root: SchemaNode, references: References, draft: SchemaDraft): Check | undefined {
  const made = new Map<SchemaNode, { check: Check }>();
  const make = (node: SchemaNode): Check => {
    if (typeof node === 'boolean') return () => node;
    const known = made.get(node);
    if (known) return (value) => known.check(value);
    const held = { check: (_value: unknown) => false };
    made.set(node, held);
    const checks = partsOf(node, make, references, draft);
    const [first, second] = checks;
    held.check =
      checks.length === 1 && first
        ? first
        : checks.length === 2 && first && second
          ? (value) => first(value) && second(value)
          : (value) => checks.every((check) => check(value));
    return held.check;
  };
  try {
    return make(root);
  } catch (error) {
    if (error === UNKNOWN) return undefined;
    throw error;
  }
}

/** Thrown on the way down where a keyword is not known. */
const UNKNOWN = new Error('this schema is for the validator');

function partsOf(node: Node, make: (node: SchemaNode) => Check, references: References, draft: SchemaDraft): Check[] {
  const { $ref } = node;
  const checks: Check[] = [];
  if (typeof $ref === 'string') {
    const target = references.find($ref, node);
    if (target === undefined) throw UNKNOWN;
    checks.push(make(target));
    if (draft === '7') return checks;
  }
  for (const [keyword, value] of Object.entries(node)) {
    const of = Object.hasOwn(CHECKS, keyword) ? CHECKS[keyword] : undefined;
    if (of) checks.push(of(value, node, make));
    else if (!PASSED.has(keyword)) throw UNKNOWN;
  }
  return checks;
}

const CHECKS: Readonly<Record<string, (value: unknown, node: Node, make: (node: SchemaNode) => Check) => Check>> = {
  type: (types) => typeCheck(Array.isArray(types) ? types : [types]),
  enum: (values) => oneOf(values as unknown[]),
  const: (value) => oneOf([value]),
  minimum: (limit) => (value) => typeof value !== 'number' || value >= (limit as number),
  maximum: (limit) => (value) => typeof value !== 'number' || value <= (limit as number),
  exclusiveMinimum: (limit) => (value) => typeof value !== 'number' || value > (limit as number),
  exclusiveMaximum: (limit) => (value) => typeof value !== 'number' || value < (limit as number),
  multipleOf: (divisor) => (value) => typeof value !== 'number' || isSurelyMultiple(value, divisor as number),
  // Characters are at most as many as code units, and at least half as many.
  maxLength: (limit) => (value) => typeof value !== 'string' || value.length <= (limit as number),
  minLength: (limit) => (value) =>
    typeof value !== 'string' || (value.length + 1) / 2 >= (limit as number) || isPlain(value, limit as number),
  minItems: (limit) => (value) => !Array.isArray(value) || value.length >= (limit as number),
  maxItems: (limit) => (value) => !Array.isArray(value) || value.length <= (limit as number),
  pattern: (source) => {
    const bound = boundPattern(String(source));
    if ('fault' in bound) throw UNKNOWN;
    const pattern = new RegExp(String(source), 'u');
    return (value) => typeof value !== 'string' || (value.length <= bound.maxLength && pattern.test(value));
  },
  format: (name) => {
    const check = Object.hasOwn(formats, String(name)) ? formats[String(name)] : undefined;
    return (value) => typeof value !== 'string' || !check || (value.length <= MAX_FORMATTED && check(value));
  },
  required: (names) => (value) => !isObject(value) || (names as string[]).every((name) => Object.hasOwn(value, name)),
  properties: (schemas, { additionalProperties }, make) => {
    const checks = Object.entries(schemas as Node).map(([name, schema]) => [name, make(schema as SchemaNode)] as const);
    const names = new Set(checks.map(([name]) => name));
    const rest =
      isSchema(additionalProperties) && additionalProperties !== true ? make(additionalProperties) : undefined;
    return (value) => {
      if (!isObject(value)) return true;
      for (const [name, check] of checks) if (Object.hasOwn(value, name) && !check(value[name])) return false;
      return !rest || Object.keys(value).every((name) => names.has(name) || rest(value[name]));
    };
  },
  additionalProperties: (schema, { properties }, make) => {
    if (properties !== undefined || schema === true) return () => true;
    const check = make(schema as SchemaNode);
    return (value) => !isObject(value) || Object.values(value).every(check);
  },
  items: (schema, { prefixItems }, make) => {
    if (!isSchema(schema) || prefixItems !== undefined) throw UNKNOWN;
    const check = make(schema);
    return (value) => !Array.isArray(value) || value.every(check);
  },
  anyOf: (schemas, _, make) => {
    const checks = (schemas as SchemaNode[]).map(make);
    return (value) => checks.some((check) => check(value));
  },
  allOf: (schemas, _, make) => {
    const checks = (schemas as SchemaNode[]).map(make);
    return (value) => checks.every((check) => check(value));
  },
};

/** What says nothing of a value. */
const PASSED: ReadonlySet<string> = new Set([
  ...[
    '$schema',
    '$id',
    '$ref',
    '$anchor',
    '$comment',
    '$defs',
    'definitions',
    'title',
    'description',
    'default',
    'examples',
  ],
  ...['deprecated', 'readOnly', 'writeOnly'],
]);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const TYPES: Readonly<Record<string, Check>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  array: Array.isArray,
  object: isObject,
};

function typeCheck(types: readonly unknown[]): Check {
  const checks = types.map((type) => TYPES[String(type)] ?? (() => false));
  const [only] = checks;
  return checks.length === 1 && only ? only : (value) => checks.some((check) => check(value));
}

function oneOf(values: readonly unknown[]): Check {
  // What is no plain value is equal to nothing here, and left to the validator.
  const known = new Set(values.filter((value) => typeof value !== 'object' || value === null));
  return (value) => known.has(value);
}

/** Decimals of a divisor, and size of a value, up to which a float's rounding cannot make a multiple of what is none. */
const DECIMALS = 6;
const LARGEST = 1e6;

function isSurelyMultiple(value: number, divisor: number): boolean {
  if (Number.isSafeInteger(value) && Number.isSafeInteger(divisor)) return value % divisor === 0;
  if (Math.abs(value) > LARGEST || Number(divisor.toFixed(DECIMALS)) !== divisor) return false;
  return Number((Math.round(value / divisor) * divisor).toFixed(DECIMALS)) === value;
}

/** Whether a text has so many characters, none of which is two code units. */
function isPlain(text: string, least: number): boolean {
  return text.length >= least && !/[\ud800-\udfff]/.test(text);
}
