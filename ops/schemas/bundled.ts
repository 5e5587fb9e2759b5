import { escapePointer } from '../../core/schemas/json/document.ts';

/** A JSON Schema, parsed. */
type Schema = Record<string, unknown>;

/**
 * A schema that holds what it refers to by name itself, for tools that know no registry: `"$ref": "vitrine.order_completed"` becomes a definition.
 *
 * @param textsOf schemas by the names that references say; others stay as they are.
 */
export function bundled(schema: Schema, textsOf: ReadonlyMap<string, string>): Schema {
  const definitions: Schema = {};
  /** `within` is the name of the definition that a part belongs to. */
  const rewritten = (value: unknown, within: string | undefined): unknown => {
    if (Array.isArray(value)) return value.map((one) => rewritten(one, within));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, held]) => [
        key,
        key === '$ref' && typeof held === 'string' ? refTo(held, within) : rewritten(held, within),
      ]),
    );
  };
  const refTo = (ref: string, within: string | undefined): string => {
    const [name = '', fragment = ''] = ref.split('#');
    const text = name === '' ? undefined : textsOf.get(name);
    if (text !== undefined && !Object.hasOwn(definitions, name)) {
      definitions[name] = {};
      definitions[name] = rewritten(JSON.parse(text), name);
    }
    const home = text === undefined ? within : name;
    if (name !== '' && text === undefined) return ref;
    return home === undefined ? `#${fragment}` : `#/definitions/${escapePointer(home)}${fragment}`;
  };
  const own = rewritten(schema, undefined) as Schema;
  if (Object.keys(definitions).length === 0) return own;
  return { ...own, definitions: { ...(own.definitions as Schema | undefined), ...definitions } };
}
