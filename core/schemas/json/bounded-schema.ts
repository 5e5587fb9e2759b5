import { boundPattern, MAX_TEXT } from './bound-pattern.ts';
import { isSchema, type References, type SchemaNode } from './document.ts';

/** Formats that look at a fixed number of characters. */
const SHORT_FORMATS: ReadonlySet<string> = new Set(['date', 'time', 'uuid', 'ipv4']);
/** Others are asked of texts of at most so many characters. */
export const MAX_FORMATTED = 2_048;
/** Lists that must hold nothing twice have at most so many elements: each is compared with each. */
const MAX_UNIQUE = 512;

/** A schema that says the same, and costs a bounded number of steps on each value. */
type Copy = Record<string, unknown>;

/**
 * Copies a schema so that each keyword is asked only of what it can answer soon: a pattern of texts up to the length that its form allows
 * (`boundPattern`), a format of 2,048 characters, uniqueness of 512 elements; what is longer fails. References lead to `$defs` of the copy, so that the
 * validator has no names to resolve.
 */
export function boundedSchema(root: SchemaNode, references: References): SchemaNode {
  const names = new Map<SchemaNode, string>();
  const definitions: Copy = {};
  const pending: [name: string, node: SchemaNode][] = [];
  const nameOf = (node: SchemaNode) => {
    const known = names.get(node);
    if (known !== undefined) return known;
    const name = `r${names.size}`;
    names.set(node, name);
    pending.push([name, node]);
    return name;
  };
  const copied = copy(root);
  for (let next = pending.pop(); next; next = pending.pop()) definitions[next[0]] = copy(next[1]);
  if (typeof copied === 'object') (copied as Copy).$defs = definitions;
  return copied;

  function copy(node: SchemaNode): SchemaNode {
    if (typeof node === 'boolean') return node;
    const bounded: Copy = {};
    const guards: unknown[] = [];
    for (const [keyword, value] of Object.entries(node)) {
      if (keyword === '$ref') {
        const target = references.find(String(value), node);
        bounded.$ref = target === undefined ? value : `#/$defs/${nameOf(target)}`;
      } else if (keyword === 'const') {
        // The validator looks for schemas in a constant, and not among values.
        guards.push({ enum: [value] });
      } else if (keyword === 'pattern') {
        const bound = boundPattern(String(value));
        const maxLength = 'maxLength' in bound ? bound.maxLength : 0;
        if (maxLength >= MAX_TEXT) bounded.pattern = value;
        else guards.push(guard({ maxLength }, { pattern: value }));
      } else if (keyword === 'format' && SHORT_FORMATS.has(String(value))) bounded.format = value;
      else if (keyword === 'format') guards.push(guard({ maxLength: MAX_FORMATTED }, { format: value }));
      else if (keyword === 'uniqueItems') guards.push(guard({ maxItems: MAX_UNIQUE }, { uniqueItems: value }));
      else if (KNOWN.has(keyword)) bounded[keyword] = copyValue(keyword, value);
    }
    const named = Object.keys((bounded.patternProperties as object | undefined) ?? {});
    if (named.length > 0) {
      // What is said of the other members depends on which ones the patterns mean.
      const { properties, patternProperties, additionalProperties } = bounded;
      for (const keyword of ['properties', 'patternProperties', 'additionalProperties']) delete bounded[keyword];
      const members = {
        patternProperties,
        ...(properties !== undefined && { properties }),
        ...(additionalProperties !== undefined && { additionalProperties }),
      };
      guards.push(guard({ propertyNames: { maxLength: shortest(named) } }, members));
    }
    if (guards.length > 0) bounded.allOf = [...((bounded.allOf as unknown[] | undefined) ?? []), ...guards];
    return bounded;
  }

  function copyValue(keyword: string, value: unknown): unknown {
    if (SCHEMAS_BY_NAME.has(keyword) && typeof value === 'object' && value !== null)
      return Object.fromEntries(
        Object.entries(value).map(([name, held]) => [name, isSchema(held) ? copy(held) : held]),
      );
    if (SCHEMA_LISTS.has(keyword) && Array.isArray(value))
      return value.map((held) => (isSchema(held) ? copy(held) : held));
    return SCHEMAS.has(keyword) && isSchema(value) ? copy(value) : value;
  }
}

function guard(bound: Copy, then: Copy | true): Copy {
  return { if: bound, then, else: { not: {} } };
}

function shortest(patterns: readonly string[]): number {
  return Math.min(
    ...patterns.map((pattern) => {
      const bound = boundPattern(pattern);
      return 'maxLength' in bound ? bound.maxLength : 0;
    }),
  );
}

const SCHEMAS: ReadonlySet<string> = new Set([
  ...['not', 'if', 'then', 'else', 'additionalProperties', 'unevaluatedProperties', 'propertyNames'],
  ...['items', 'additionalItems', 'unevaluatedItems', 'contains'],
]);
const SCHEMA_LISTS: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items']);
const SCHEMAS_BY_NAME: ReadonlySet<string> = new Set([
  ...['properties', 'patternProperties', 'dependentSchemas', 'dependencies'],
]);
/** What the validator reads; it looks for schemas in whatever it does not know. */
const KNOWN: ReadonlySet<string> = new Set([
  ...SCHEMAS,
  ...SCHEMA_LISTS,
  ...SCHEMAS_BY_NAME,
  ...['type', 'enum', 'required', 'dependentRequired', 'minContains', 'maxContains'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength'],
  ...['minItems', 'maxItems', 'minProperties', 'maxProperties'],
]);
