import canonicalize from 'canonicalize';
import type { Comparison, ContentModel } from './comparison.ts';
import { compareItems, compareProperties } from './content-models.ts';
import { COMBINED, escapePointer, isEmpty, isSchema, type SchemaNode } from './document.ts';
import type { JsonSchema } from './read-schema.ts';
import { type Difference, isCompatible } from './rules.ts';

type Node = { readonly [keyword: string]: unknown };

/**
 * How two schemas differ, as seen by who reads with `reader` what was written with `writer`. Rules and verdicts are Confluent's; beyond them,
 * formats count, since they are checked, and what cannot be compared (`if`, `contains`, `propertyNames`, `unevaluated…`) must be left as it was.
 *
 * @param contentModel in `CLOSED_PRODUCERS` nobody writes what his schema does not name, and nobody minds what his does not: an optional property comes
 *   and goes as it likes.
 */
export function compareJsonSchemas(
  writer: JsonSchema,
  reader: JsonSchema,
  contentModel: ContentModel = 'AS_WRITTEN',
): Difference[] {
  return run(writer, reader, contentModel, writer.root, reader.root, '#', { pairs: new Map(), accepted: new Map() });
}

/** Pairs of schemas that are being compared, and whether pairs that were compared go together. */
interface Seen {
  readonly pairs: Map<SchemaNode, Set<SchemaNode>>;
  readonly accepted: Map<SchemaNode, Map<SchemaNode, boolean>>;
}

function run(
  writer: JsonSchema,
  reader: JsonSchema,
  contentModel: ContentModel,
  from: SchemaNode,
  to: SchemaNode,
  path: string,
  seen: Seen,
): Difference[] {
  const differences: Difference[] = [];
  const comparison: Comparison = {
    contentModel,
    add: (rule, at) => {
      differences.push({ rule, path: at });
    },
    compare: (a, b, at) => {
      const written = resolved(writer, a);
      const read = resolved(reader, b);
      // A pair that is being compared already holds as far as it is looked at here.
      if (seen.pairs.get(written)?.has(read) && typeof written === 'object') return;
      const partners = seen.pairs.get(written) ?? new Set();
      seen.pairs.set(written, partners.add(read));
      compareNodes(comparison, written, read, at);
      partners.delete(read);
    },
    accepts: (a, b) => {
      const known = seen.accepted.get(a) ?? new Map<SchemaNode, boolean>();
      seen.accepted.set(a, known);
      const held = known.get(b) ?? run(writer, reader, contentModel, a, b, '', seen).every(isCompatible);
      known.set(b, held);
      return held;
    },
  };
  comparison.compare(from, to, path);
  return differences;
}

/** What a schema says in the end, where it is only a reference. */
function resolved(schema: JsonSchema, node: SchemaNode): SchemaNode {
  let at = node;
  for (let steps = 0; typeof at === 'object' && typeof at.$ref === 'string' && steps < 100; steps += 1) {
    const target = schema.references.find(at.$ref, at);
    if (target === undefined) break;
    at = target;
  }
  return at;
}

function compareNodes(comparison: Comparison, from: SchemaNode, to: SchemaNode, path: string): void {
  if (from === false || isEmpty(to)) return;
  if (to === false) {
    comparison.add('TYPE_CHANGED', path);
    return;
  }
  const a: Node = from === true ? {} : from;
  const b = to as Node;
  compareTypes(comparison, a, b, path);
  compareEnums(comparison, a, b, path);
  for (const [keyword, name] of LIMITS) compareLimit(comparison, a, b, path, keyword, name);
  for (const keyword of ['pattern', 'format'] as const) compareText(comparison, a, b, path, keyword);
  compareMultiples(comparison, a, b, path);
  if (b.uniqueItems === true && a.uniqueItems !== true) comparison.add('UNIQUE_ITEMS_ADDED', path);
  if (a.uniqueItems === true && b.uniqueItems !== true) comparison.add('UNIQUE_ITEMS_REMOVED', path);
  compareProperties(comparison, a, b, path);
  compareDependencies(comparison, a, b, path);
  compareItems(comparison, a, b, path);
  compareCombined(comparison, a, b, path);
  compareNot(comparison, a, b, path);
  for (const keyword of CONDITIONS) compareWhole(comparison, a, b, path, keyword);
}

function compareTypes({ add }: Comparison, a: Node, b: Node, path: string): void {
  const from = typesOf(a);
  const to = typesOf(b);
  if (to === undefined) {
    if (from !== undefined) add('TYPE_EXTENDED', path);
    return;
  }
  if (from === undefined) {
    add('TYPE_NARROWED', path);
    return;
  }
  const covered = [...from].filter((type) => to.has(type) || (type === 'integer' && to.has('number')));
  if (covered.length < from.size) {
    const overlaps = covered.length > 0 || (from.has('number') && to.has('integer'));
    add(overlaps ? 'TYPE_NARROWED' : 'TYPE_CHANGED', path);
  } else if (to.size > from.size || [...from].some((type) => !to.has(type))) add('TYPE_EXTENDED', path);
}

/** The types that a schema allows; those of its values, where it only names these. */
function typesOf(node: Node): Set<string> | undefined {
  const { type } = node;
  if (typeof type === 'string') return new Set([type]);
  if (Array.isArray(type)) return new Set(type.map(String));
  const values = valuesOf(node);
  return values && new Set(values.map(typeOfValue));
}

/** The values that a schema names. */
function valuesOf(node: Node): readonly unknown[] | undefined {
  if (Array.isArray(node.enum)) return node.enum;
  return 'const' in node ? [node.const] : undefined;
}

function typeOfValue(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function compareEnums({ add }: Comparison, a: Node, b: Node, path: string): void {
  const [from, to] = [a, b].map(valuesOf);
  if (!to) {
    if (from) add('ENUM_ARRAY_EXTENDED', path);
    return;
  }
  if (!from) {
    add('ENUM_ARRAY_NARROWED', path);
    return;
  }
  const [before, after] = [from, to].map((values) => new Set(values.map((value) => canonicalize(value)))) as [
    Set<string>,
    Set<string>,
  ];
  const lost = [...before].some((value) => !after.has(value));
  const won = [...after].some((value) => !before.has(value));
  if (lost) add('const' in b ? 'CONST_CHANGED' : won ? 'ENUM_ARRAY_CHANGED' : 'ENUM_ARRAY_NARROWED', path);
  else if (won) add('ENUM_ARRAY_EXTENDED', path);
}

const LIMITS = [
  ['maxLength', 'MAX_LENGTH'],
  ['minLength', 'MIN_LENGTH'],
  ['maximum', 'MAXIMUM'],
  ['minimum', 'MINIMUM'],
  ['exclusiveMaximum', 'EXCLUSIVE_MAXIMUM'],
  ['exclusiveMinimum', 'EXCLUSIVE_MINIMUM'],
  ['maxProperties', 'MAX_PROPERTIES'],
  ['minProperties', 'MIN_PROPERTIES'],
  ['maxItems', 'MAX_ITEMS'],
  ['minItems', 'MIN_ITEMS'],
] as const;

const SIZES: ReadonlySet<string> = new Set(['minLength', 'minProperties', 'minItems']);

function compareLimit(
  { add }: Comparison,
  a: Node,
  b: Node,
  path: string,
  keyword: string,
  name: (typeof LIMITS)[number][1],
): void {
  // A size of at least nothing is no limit.
  const [from, to] = [a[keyword], b[keyword]].map((limit) => (limit === 0 && SIZES.has(keyword) ? undefined : limit));
  if (typeof to !== 'number') {
    if (typeof from === 'number') add(`${name}_REMOVED`, path);
  } else if (typeof from !== 'number') add(`${name}_ADDED`, path);
  else if (to > from) add(`${name}_INCREASED`, path);
  else if (to < from) add(`${name}_DECREASED`, path);
}

function compareText({ add }: Comparison, a: Node, b: Node, path: string, keyword: 'pattern' | 'format'): void {
  const name = keyword === 'pattern' ? 'PATTERN' : 'FORMAT';
  if (a[keyword] === b[keyword]) return;
  add(
    b[keyword] === undefined ? `${name}_REMOVED` : a[keyword] === undefined ? `${name}_ADDED` : `${name}_CHANGED`,
    path,
  );
}

function compareMultiples(
  { add }: Comparison,
  { multipleOf: from }: Node,
  { multipleOf: to }: Node,
  path: string,
): void {
  if (from === to) return;
  if (typeof to !== 'number') add('MULTIPLE_OF_REMOVED', path);
  else if (typeof from !== 'number') add('MULTIPLE_OF_ADDED', path);
  else if (divides(to, from)) add('MULTIPLE_OF_REDUCED', path);
  else add(divides(from, to) ? 'MULTIPLE_OF_EXPANDED' : 'MULTIPLE_OF_CHANGED', path);
}

function divides(divisor: number, value: number): boolean {
  const parts = value / divisor;
  return Math.abs(parts - Math.round(parts)) < 1e-9 * Math.max(1, Math.abs(parts));
}

function compareDependencies(comparison: Comparison, a: Node, b: Node, path: string): void {
  const from = dependenciesOf(a);
  const to = dependenciesOf(b);
  for (const name of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const at = `${path}/dependencies/${escapePointer(name)}`;
    const [before, after] = [
      Object.hasOwn(from, name) ? from[name] : undefined,
      Object.hasOwn(to, name) ? to[name] : undefined,
    ];
    if (Array.isArray(before ?? after) && Array.isArray(after ?? before)) {
      const [had, has] = [before ?? [], after ?? []] as [unknown[], unknown[]];
      if (before === undefined) comparison.add('DEPENDENCY_ARRAY_ADDED', at);
      else if (after === undefined) comparison.add('DEPENDENCY_ARRAY_REMOVED', at);
      else if (has.some((one) => !had.includes(one))) comparison.add('DEPENDENCY_ARRAY_EXTENDED', at);
      else if (had.some((one) => !has.includes(one))) comparison.add('DEPENDENCY_ARRAY_NARROWED', at);
    } else if (after === undefined) comparison.add('DEPENDENCY_SCHEMA_REMOVED', at);
    else if (before === undefined || Array.isArray(before) || Array.isArray(after))
      comparison.add('DEPENDENCY_SCHEMA_ADDED', at);
    else comparison.compare(before as SchemaNode, after as SchemaNode, at);
  }
}

function dependenciesOf(node: Node): Record<string, unknown> {
  return {
    ...(node.dependencies as object | undefined),
    ...(node.dependentSchemas as object | undefined),
    ...(node.dependentRequired as object | undefined),
  };
}

function compareCombined(comparison: Comparison, a: Node, b: Node, path: string): void {
  compareProduct(comparison, schemasOf(a.allOf), schemasOf(b.allOf), path);
  const from = sumOf(a);
  const to = sumOf(b);
  if (!from && !to) return;
  if (!to) {
    // Without alternatives of its own the reader must take each of the writer's, beside what it says itself.
    const plain = withoutSums(b);
    if (from?.schemas.every((one) => comparison.accepts(one, plain))) comparison.add('SUM_TYPE_EXTENDED', path);
    else if (!isEmpty(plain)) comparison.add('COMBINED_TYPE_CHANGED', path);
    return;
  }
  if (!from) {
    const plain = withoutSums(a);
    if (to.schemas.some((one) => comparison.accepts(plain, one))) comparison.add('SUM_TYPE_EXTENDED', path);
    else comparison.add('COMBINED_TYPE_CHANGED', path);
    return;
  }
  if (from.keyword !== to.keyword)
    comparison.add(
      to.keyword === 'anyOf' || to.schemas.length === 1 ? 'COMBINED_TYPE_EXTENDED' : 'COMBINED_TYPE_CHANGED',
      path,
    );
  const lost = from.schemas.filter((one) => !to.schemas.some((other) => comparison.accepts(one, other)));
  if (lost.length > 0)
    comparison.add(
      from.schemas.length > to.schemas.length ? 'SUM_TYPE_NARROWED' : 'COMBINED_TYPE_SUBSCHEMAS_CHANGED',
      `${path}/${to.keyword}`,
    );
  else if (to.schemas.length > from.schemas.length) comparison.add('SUM_TYPE_EXTENDED', `${path}/${to.keyword}`);
}

function compareProduct(
  { add, accepts }: Comparison,
  from: readonly SchemaNode[],
  to: readonly SchemaNode[],
  path: string,
): void {
  const unmet = to.filter((one) => !isEmpty(one) && !from.some((other) => accepts(other, one)));
  if (unmet.length > 0)
    add(to.length > from.length ? 'PRODUCT_TYPE_EXTENDED' : 'COMBINED_TYPE_SUBSCHEMAS_CHANGED', `${path}/allOf`);
  else if (from.length > to.length) add('PRODUCT_TYPE_NARROWED', `${path}/allOf`);
}

function sumOf(
  node: Node,
): { readonly keyword: 'anyOf' | 'oneOf'; readonly schemas: readonly SchemaNode[] } | undefined {
  for (const keyword of ['oneOf', 'anyOf'] as const) {
    const schemas = schemasOf(node[keyword]);
    if (schemas.length > 0) return { keyword, schemas };
  }
  return undefined;
}

function schemasOf(value: unknown): SchemaNode[] {
  return Array.isArray(value) ? value.filter(isSchema) : [];
}

function withoutSums(node: Node): Node {
  return Object.fromEntries(
    Object.entries(node).filter(([keyword]) => !(COMBINED as readonly string[]).includes(keyword)),
  );
}

function compareNot({ add, accepts }: Comparison, { not: from }: Node, { not: to }: Node, path: string): void {
  if (to === undefined) {
    if (from !== undefined) add('NOT_TYPE_NARROWED', path);
  } else if (from === undefined || !isSchema(from) || !isSchema(to)) add('NOT_TYPE_EXTENDED', path);
  // What is excluded now must have been excluded before.
  else if (canonicalize(from) !== canonicalize(to))
    add(accepts(to, from) ? 'NOT_TYPE_NARROWED' : 'NOT_TYPE_EXTENDED', path);
}

const CONDITIONS = [
  'if',
  'then',
  'else',
  'contains',
  'minContains',
  'maxContains',
  'propertyNames',
  'unevaluatedProperties',
  'unevaluatedItems',
];

function compareWhole({ add }: Comparison, a: Node, b: Node, path: string, keyword: string): void {
  if (canonicalize(a[keyword]) === canonicalize(b[keyword])) return;
  add(b[keyword] === undefined ? 'CONDITION_REMOVED' : 'CONDITION_CHANGED', `${path}/${keyword}`);
}
