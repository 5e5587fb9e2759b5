import type { Comparison } from './comparison.ts';
import { escapePointer, isEmpty, isSchema, type SchemaNode } from './document.ts';

type Node = { readonly [keyword: string]: unknown };
type Schemas = Readonly<Record<string, SchemaNode>>;

/**
 * What a schema says of members that it does not name: `open` lets them be anything, `closed` allows none, and in between there is a schema for
 * each name.
 */
interface Rest {
  readonly model: 'open' | 'closed' | 'partial';
  /** The schema of a member of this name, where the model is partial. */
  covers(name: string): SchemaNode;
}

/** Compares the properties of objects, what is required of them, and what is said of those without a name. */
export function compareProperties(comparison: Comparison, a: Node, b: Node, path: string): void {
  const { add, compare, accepts, contentModel } = comparison;
  const [from, to] = [a, b].map((node) => membersOf(node.properties)) as [Schemas, Schemas];
  const [before, after] = [a, b].map(requiredOf) as [Set<string>, Set<string>];
  const [written, read] = [restOf(a), restOf(b)];
  const isLoose = contentModel === 'CLOSED_PRODUCERS';
  for (const [name, schema] of Object.entries(from)) {
    const at = `${path}/properties/${escapePointer(name)}`;
    const newer = Object.hasOwn(to, name) ? to[name] : undefined;
    if (newer !== undefined) compare(schema, newer, at);
    else if (isLoose || read.model === 'open') add('PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL', at);
    else if (read.model === 'closed')
      add(
        schema === false
          ? 'PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL'
          : 'PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL',
        at,
      );
    else
      add(
        accepts(schema, read.covers(name))
          ? 'PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL'
          : 'PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
        at,
      );
  }
  for (const [name, schema] of Object.entries(to)) {
    const at = `${path}/properties/${escapePointer(name)}`;
    if (Object.hasOwn(from, name)) continue;
    if (isLoose || written.model === 'closed') {
      if (!after.has(name)) add('OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL', at);
      else
        add(
          hasDefault(schema)
            ? 'REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL'
            : 'REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL',
          at,
        );
    } else if (written.model === 'open')
      add(
        isEmpty(schema)
          ? 'PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL'
          : 'PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL',
        at,
      );
    else
      add(
        accepts(written.covers(name), schema)
          ? 'PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL'
          : 'PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
        at,
      );
  }
  for (const name of after) {
    const isSaidAbove =
      Object.hasOwn(to, name) && !Object.hasOwn(from, name) && (isLoose || written.model === 'closed');
    if (before.has(name) || isSaidAbove) continue;
    const at = `${path}/required/${escapePointer(name)}`;
    add(
      Object.hasOwn(to, name) && hasDefault(to[name])
        ? 'REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED'
        : 'REQUIRED_ATTRIBUTE_ADDED',
      at,
    );
  }
  for (const name of before)
    if (!after.has(name)) add('REQUIRED_ATTRIBUTE_REMOVED', `${path}/required/${escapePointer(name)}`);
  if (!isLoose)
    compareRest(
      comparison,
      a.additionalProperties,
      b.additionalProperties,
      `${path}/additionalProperties`,
      'PROPERTIES',
    );
  comparePatterns(comparison, a, b, path);
}

function comparePatterns({ add, compare }: Comparison, a: Node, b: Node, path: string): void {
  const [from, to] = [a, b].map((node) => membersOf(node.patternProperties)) as [Schemas, Schemas];
  for (const [pattern, schema] of Object.entries(to)) {
    const at = `${path}/patternProperties/${escapePointer(pattern)}`;
    const older = Object.hasOwn(from, pattern) ? from[pattern] : undefined;
    if (older !== undefined) compare(older, schema, at);
    else if (a.additionalProperties !== false && !isEmpty(schema)) add('ADDITIONAL_PROPERTIES_NARROWED', at);
  }
}

/** Compares the elements of lists: those at a place of their own, then the others. */
export function compareItems(comparison: Comparison, a: Node, b: Node, path: string): void {
  const { add, compare, accepts } = comparison;
  const [from, to] = [tupleOf(a), tupleOf(b)];
  if (from.places.length === 0 && to.places.length === 0) {
    if (to.rest === undefined || isEmpty(to.rest)) {
      if (from.rest !== undefined && !isEmpty(from.rest)) add('ITEMS_REMOVED', `${path}/items`);
    } else if (from.rest === undefined || isEmpty(from.rest)) add('ITEMS_ADDED', `${path}/items`);
    else compare(from.rest, to.rest, `${path}/items`);
    return;
  }
  for (let index = 0; index < Math.max(from.places.length, to.places.length); index += 1) {
    const [older, newer] = [from.places[index], to.places[index]];
    const at = `${path}/items/${index}`;
    if (older !== undefined && newer !== undefined) compare(older, newer, at);
    else if (older !== undefined) {
      if (to.rest === undefined || isEmpty(to.rest)) add('ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL', at);
      else if (to.rest === false)
        add(
          older === false
            ? 'ITEM_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL'
            : 'ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL',
          at,
        );
      else
        add(
          accepts(older, to.rest)
            ? 'ITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL'
            : 'ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
          at,
        );
    } else if (newer !== undefined) {
      if (from.rest === undefined || isEmpty(from.rest))
        add(
          isEmpty(newer) ? 'ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL' : 'ITEM_ADDED_TO_OPEN_CONTENT_MODEL',
          at,
        );
      else if (from.rest === false) add('ITEM_ADDED_TO_CLOSED_CONTENT_MODEL', at);
      else
        add(
          accepts(from.rest, newer)
            ? 'ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL'
            : 'ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
          at,
        );
    }
  }
  compareRest(comparison, from.rest, to.rest, `${path}/additionalItems`, 'ITEMS');
}

function compareRest(
  { add, compare }: Comparison,
  from: unknown,
  to: unknown,
  path: string,
  what: 'PROPERTIES' | 'ITEMS',
): void {
  const [before, after] = [from, to].map((rest) => (isSchema(rest) ? rest : true)) as [SchemaNode, SchemaNode];
  if (before === false) {
    if (after !== false) add(`ADDITIONAL_${what}_ADDED`, path);
  } else if (after === false) add(`ADDITIONAL_${what}_REMOVED`, path);
  else if (isEmpty(before)) {
    if (!isEmpty(after)) add(`ADDITIONAL_${what}_NARROWED`, path);
  } else if (isEmpty(after)) add(`ADDITIONAL_${what}_EXTENDED`, path);
  else compare(before, after, path);
}

function restOf(node: Node): Rest {
  const patterns = Object.entries(membersOf(node.patternProperties));
  const others = isSchema(node.additionalProperties) ? node.additionalProperties : true;
  const model = patterns.length > 0 ? 'partial' : others === false ? 'closed' : isEmpty(others) ? 'open' : 'partial';
  return { model, covers: (name) => patterns.find(([pattern]) => matches(pattern, name))?.[1] ?? others };
}

function matches(pattern: string, name: string): boolean {
  return new RegExp(pattern, 'u').test(name.slice(0, 256));
}

/** Elements with a place of their own, in whichever draft's words, and what the others are. */
function tupleOf(node: Node): { readonly places: readonly SchemaNode[]; readonly rest: SchemaNode | undefined } {
  const schemaOf = (value: unknown) => (isSchema(value) ? value : undefined);
  if (Array.isArray(node.items)) return { places: node.items.filter(isSchema), rest: schemaOf(node.additionalItems) };
  const places = Array.isArray(node.prefixItems) ? node.prefixItems.filter(isSchema) : [];
  return { places, rest: schemaOf(node.items) };
}

function membersOf(value: unknown): Schemas {
  return typeof value === 'object' && value !== null ? (value as Schemas) : {};
}

function requiredOf({ required }: Node): Set<string> {
  return new Set(Array.isArray(required) ? required.map(String) : []);
}

function hasDefault(schema: SchemaNode | undefined): boolean {
  return typeof schema === 'object' && 'default' in schema;
}
