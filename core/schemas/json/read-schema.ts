import { type SchemaDraft, Validator } from '@cfworker/json-schema';
import { nestsDeeper } from '../../events/nesting.ts';
import { boundPattern } from './bound-pattern.ts';
import { boundedSchema } from './bounded-schema.ts';
import { askableDepth } from './cost.ts';
import { isSchema, type NamedDocument, References, type SchemaNode, subschemas } from './document.ts';
import { draftOf } from './draft.ts';
import { faultsOf } from './faults.ts';
import { META_SCHEMA } from './meta-schema.ts';
import { quickCheck } from './quick-check.ts';

/** A JSON Schema that was checked: what it says holds, and asking it costs a bounded number of steps. */
export interface JsonSchema {
  readonly root: SchemaNode;
  readonly references: References;
  /**
   * What is wrong with a value, a line a place; nothing where it is right.
   *
   * @param value as JSON.parse gives it.
   * @param name of the value, e.g. `properties`.
   */
  faults(value: unknown, name: string): string[];
}

const meta = new Validator(META_SCHEMA as never, '7', false);
const TYPES = 'array, boolean, integer, null, number, object, string';
/** Levels of a schema. */
const MAX_LEVELS = 64;

/**
 * Reads a schema of draft-07, 2019-09 or 2020-12 (where it names none). What would mean nothing, fail at each event, or take unbounded time is
 * refused here: misspelt keywords' values, references to nowhere, dynamic references, patterns that backtrack without end.
 *
 * @param value the schema, parsed.
 * @param documents what it refers to by name.
 * @returns the schema, or what is wrong with it, a line a place.
 */
export function readJsonSchema(
  value: unknown,
  documents: readonly NamedDocument[] = [],
): { readonly schema: JsonSchema } | { readonly faults: readonly string[] } {
  if (!isSchema(value)) return { faults: ['a JSON Schema is an object, or true or false'] };
  if (nestsDeeper(value, MAX_LEVELS)) return { faults: [`the schema nests deeper than ${MAX_LEVELS} levels`] };
  const draft = draftOf(value);
  if (!draft)
    return {
      faults: ['$schema: expected draft-07, 2019-09 or 2020-12, e.g. "https://json-schema.org/draft/2020-12/schema"'],
    };
  const { errors } = meta.validate(value);
  if (errors.length > 0)
    return {
      faults: faultsOf(errors, '#').map((fault) =>
        fault
          .replace(/^#\./, '')
          .replace(/(\btype): matches none.*/, `$1: expected one of ${TYPES}, or a list of them`),
      ),
    };
  const references = new References(value, documents);
  const faults = [...faultsWithin(value, draft, references)];
  const cost = faults.length > 0 ? { depth: 0 } : askableDepth(value, references);
  if ('fault' in cost) faults.push(cost.fault);
  if (faults.length > 0 || 'fault' in cost) return { faults: faults.slice(0, 10) };
  return { schema: compile(value, references, draft, cost.depth) };
}

function compile(root: SchemaNode, references: References, draft: SchemaDraft, depth: number): JsonSchema {
  const bounded = boundedSchema(root, references) as never;
  const [first, all] = [true, false].map((isFirstOnly) => new Validator(bounded, draft, isFirstOnly)) as [
    Validator,
    Validator,
  ];
  const isSurelyRight = quickCheck(root, references, draft);
  return {
    root,
    references,
    faults: (value, name) => {
      if (depth < DEEP && nestsDeeper(value, depth))
        return [`${name}: nests deeper than ${depth} levels, which is as deep as this schema is asked`];
      return isSurelyRight?.(value) || first.validate(value).valid ? [] : faultsOf(all.validate(value).errors, name);
    },
  };
}
/** Levels of an event, at most. */
const DEEP = 32;

/** What the meta-schema cannot say, with its place. */
function* faultsWithin(root: SchemaNode, draft: SchemaDraft, references: References): Generator<string> {
  const pending: [pointer: string, node: SchemaNode][] = [['', root]];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const [pointer, node] = next;
    if (typeof node === 'boolean') continue;
    const at = (keyword: string) => `${pointer || '#'}/${keyword}`;
    for (const keyword of ['$dynamicRef', '$recursiveRef'])
      if (keyword in node) yield `${at(keyword)}: dynamic references are not supported; use $ref`;
    if (typeof node.$ref === 'string' && references.find(node.$ref, node) === undefined)
      yield `${at('$ref')}: there is no ${JSON.stringify(node.$ref)}, neither here nor among the references`;
    const named = Object.keys((node.patternProperties as object | undefined) ?? {});
    for (const [place, pattern] of [
      ['pattern', node.pattern],
      ...named.map((name) => ['patternProperties', name] as const),
    ] as const) {
      if (typeof pattern !== 'string') continue;
      const bound = boundPattern(pattern);
      if ('fault' in bound) yield `${at(place)}: ${bound.fault}`;
    }
    if (draft === '2020-12' && (Array.isArray(node.items) || 'additionalItems' in node))
      yield `${at('items')}: a list of items is prefixItems in 2020-12; or say which draft it is, by $schema`;
    if (draft !== '2020-12' && 'prefixItems' in node)
      yield `${at('prefixItems')}: is a keyword of 2020-12; or say which draft it is, by $schema`;
    for (const inner of subschemas(node)) pending.push([`${pointer}${inner.pointer}`, inner.node]);
  }
}
