import { found, isRecord } from '../json/values.ts';
import { BUILTIN_FIELDS, type Field, type Fields, MAX_PRODUCTS, PRODUCT } from './builtin-types.ts';

type Members = Readonly<Record<string, unknown>>;

/** The properties of an event as they are meant, with a word on each field that was left out or changed; or what cannot be understood. */
export type PropertiesRead =
  | { readonly properties: Members | undefined; readonly warnings: readonly string[] }
  | { readonly fault: string };

/**
 * Reads the properties of an event, field by field: an optional one without a usable value is left out, or read as it is meant, and named.
 * Only without a required one is the event refused. What no field describes is kept as it is.
 */
export function readProperties(type: string, properties: Members | undefined): PropertiesRead {
  const fields = Object.hasOwn(BUILTIN_FIELDS, type) ? BUILTIN_FIELDS[type] : undefined;
  if (!fields) return { properties, warnings: [] };
  const warnings: string[] = [];
  const read = readFields(properties ?? {}, fields, 'properties', warnings);
  if ('fault' in read) return read;
  return {
    properties: properties === undefined && Object.keys(read.members).length === 0 ? undefined : read.members,
    warnings,
  };
}

function readFields(
  members: Members,
  fields: Fields,
  path: string,
  warnings: string[],
): { readonly members: Members } | { readonly fault: string } {
  /** Made when the first field changes: most events are sent as they are meant. */
  let changed: Record<string, unknown> | undefined;
  for (const [name, field] of fields) {
    const given = Object.hasOwn(members, name) ? members[name] : undefined;
    if (given === undefined && !field.required) continue;
    const read = field.read === 'products' ? readProducts(given, `${path}.${name}`, warnings) : field.read(given);
    if (read === undefined && field.required)
      return { fault: `${path}.${name}: expected ${field.right}, ${found(given)}` };
    if (read?.value === given) continue;
    changed ??= { ...members };
    if (read) changed[name] = read.value;
    else delete changed[name];
    const word = wordOn(field, given, read);
    if (word) warnings.push(`${path}.${name}: ${word}`);
  }
  return { members: changed ?? members };
}

function wordOn(
  field: Field,
  given: unknown,
  read: ReturnType<Exclude<Field['read'], 'products'>>,
): string | undefined {
  return read ? read.note : `left out; expected ${field.right}, ${found(given)}`;
}

/** The lines that name a product; a single line without its array is one. */
function readProducts(given: unknown, path: string, warnings: string[]) {
  const lines = Array.isArray(given) ? given : isRecord(given) ? [given] : undefined;
  if (!lines) return undefined;
  let same = lines === given;
  const read = lines.slice(0, MAX_PRODUCTS).flatMap((line, index) => {
    const own = isRecord(line) ? readFields(line, PRODUCT, `${path}.${index}`, warnings) : undefined;
    if (own && 'members' in own) {
      same &&= own.members === line;
      return [own.members];
    }
    same = false;
    warnings.push(
      `${own?.fault ?? `${path}.${index}: expected an object with product_id, ${found(line)}`}; the line is left out`,
    );
    return [];
  });
  if (lines.length > MAX_PRODUCTS)
    warnings.push(`${path}: ${lines.length - MAX_PRODUCTS} lines beyond ${MAX_PRODUCTS} are left out`);
  return { value: same && lines.length <= MAX_PRODUCTS ? given : read };
}
