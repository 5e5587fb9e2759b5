/** A JSON Schema as it is written: an object with keywords, or a boolean. */
export type SchemaNode = boolean | { readonly [keyword: string]: unknown };

/** A schema that others refer to by a name, as `$ref` says it. */
export interface NamedDocument {
  readonly name: string;
  readonly schema: SchemaNode;
}

/** Keywords whose value is one schema for the same place of an instance. */
const SAME_PLACE = ['not', 'if', 'then', 'else'] as const;
/** Keywords whose value is a list of schemas for the same place. */
export const COMBINED = ['allOf', 'anyOf', 'oneOf'] as const;
/** Keywords whose value is one schema for a place below. */
const BELOW = [
  'additionalProperties',
  'unevaluatedProperties',
  'propertyNames',
  'additionalItems',
  'unevaluatedItems',
  'contains',
] as const;
/** Keywords whose value is a schema by name, for places below. */
const NAMED_BELOW = ['properties', 'patternProperties'] as const;
/** Keywords whose value holds schemas by name that only references reach. */
const DEFINITIONS = ['$defs', 'definitions'] as const;

/** A schema inside another: where it stands, and whether it looks at the same place of an instance or below it. */
export interface Subschema {
  /** JSON Pointer from the schema that holds it, e.g. `/properties/price`. */
  readonly pointer: string;
  readonly node: SchemaNode;
  readonly place: 'same' | 'below' | 'definition';
}

/** Whether a value can be a schema. */
export function isSchema(value: unknown): value is SchemaNode {
  return typeof value === 'boolean' || (typeof value === 'object' && value !== null && !Array.isArray(value));
}

/** The schemas that stand directly in one, in the order of their keywords; what `$ref` names is none of them. */
export function subschemas(node: SchemaNode): Subschema[] {
  if (typeof node === 'boolean') return [];
  const found: Subschema[] = [];
  const add = (pointer: string, value: unknown, place: Subschema['place']) => {
    if (isSchema(value)) found.push({ pointer, node: value, place });
  };
  const addAll = (keyword: string, place: Subschema['place']) => {
    const held = node[keyword];
    if (typeof held !== 'object' || held === null) return;
    for (const [name, value] of Object.entries(held)) add(`/${keyword}/${escapePointer(name)}`, value, place);
  };
  for (const keyword of SAME_PLACE) add(`/${keyword}`, node[keyword], 'same');
  for (const keyword of [...COMBINED, 'dependentSchemas', 'dependencies']) addAll(keyword, 'same');
  for (const keyword of BELOW) add(`/${keyword}`, node[keyword], 'below');
  for (const keyword of [...NAMED_BELOW, 'prefixItems']) addAll(keyword, 'below');
  if (Array.isArray(node.items)) addAll('items', 'below');
  else add('/items', node.items, 'below');
  for (const keyword of DEFINITIONS) addAll(keyword, 'definition');
  return found;
}

/** Whether a schema says nothing. */
export function isEmpty(node: SchemaNode): boolean {
  return node === true || (typeof node === 'object' && Object.keys(node).every((keyword) => SAYS_NOTHING.has(keyword)));
}
const SAYS_NOTHING: ReadonlySet<string> = new Set([
  ...['$id', 'id', '$schema', '$anchor', '$comment', '$defs', 'definitions'],
  ...['title', 'description', 'default', 'examples', 'deprecated', 'readOnly', 'writeOnly'],
]);

/** A name as it stands in a JSON Pointer. */
export function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Finds what `$ref` names. */
export class References {
  /** Documents by the names that references say. */
  readonly #documents = new Map<string, SchemaNode>();
  /** Schemas by `$id`, or by `#` and anchor. */
  readonly #named = new Map<string, SchemaNode>();
  readonly #documentOf = new Map<SchemaNode, SchemaNode>();

  /** @param root the schema whose references they are. */
  constructor(root: SchemaNode, documents: readonly NamedDocument[]) {
    for (const { name, schema } of [...documents, { name: '', schema: root }]) {
      this.#documents.set(name, schema);
      this.#collect(schema, schema);
    }
  }

  /**
   * The schema that a reference names, e.g. `#/$defs/price`, `#anchor`, `money.json` or `money.json#/$defs/amount`; nothing where there is none.
   * A name is one of the documents', or an `$id` as it is written; references are not read relative to an `$id`.
   *
   * @param from the schema in which the reference stands: `#` is the document that holds it.
   */
  find(ref: string, from: SchemaNode): SchemaNode | undefined {
    const [name = '', fragment = ''] = ref.split('#');
    const document =
      name === ''
        ? this.#documentOf.get(from)
        : (this.#documents.get(name) ?? this.#named.get(name) ?? this.#named.get(`${name}#`));
    if (document === undefined || fragment === '') return document;
    if (!fragment.startsWith('/')) return this.#named.get(`#${fragment}`);
    let at: unknown = document;
    for (const part of fragment.slice(1).split('/')) {
      const step = decodePart(part).replaceAll('~1', '/').replaceAll('~0', '~');
      if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
      at = (at as Record<string, unknown>)[step];
    }
    // What stands where no keyword holds a schema was checked by nobody.
    if (!isSchema(at) || (typeof at === 'object' && !this.#documentOf.has(at))) return undefined;
    return at;
  }

  #collect(node: SchemaNode, document: SchemaNode): void {
    if (typeof node === 'boolean') return;
    this.#documentOf.set(node, document);
    const { $id, $anchor } = node;
    if (typeof $id === 'string' && !this.#named.has($id)) this.#named.set($id, node);
    if (typeof $anchor === 'string' && !this.#named.has(`#${$anchor}`)) this.#named.set(`#${$anchor}`, node);
    for (const { node: inner } of subschemas(node)) this.#collect(inner, document);
  }
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
