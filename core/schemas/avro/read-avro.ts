import { isRecord } from '../../json/values.ts';
import { isDefault } from './default-value.ts';
import {
  type AvroField,
  type AvroRecord,
  type AvroType,
  LOGICALS,
  type Logical,
  PRIMITIVES,
  type Primitive,
} from './type.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const FULL_NAME = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;
const MAX_LEVELS = 64;
/** Bytes of a fixed type, at most. */
const MAX_FIXED = 1_048_576;

/** What is wrong with a schema, and where. */
class Fault extends Error {}

/** Types by their full names. */
type Names = Map<string, AvroType>;

/**
 * Reads an Avro schema (Apache Avro 1.12, "Schema Declaration"): names with namespaces and aliases, defaults that are right for their type, unions
 * without a type twice. What a logical type says is for who reads data: here a value is what it is made of.
 *
 * @param referred schemas that define names which this one uses, in the order in which they may use each other's.
 */
export function readAvro(
  value: unknown,
  referred: readonly unknown[] = [],
): { readonly type: AvroType } | { readonly faults: readonly string[] } {
  const names: Names = new Map();
  try {
    for (const other of referred) read(other, '', names, '#', 0);
    return { type: read(value, '', names, '#', 0) };
  } catch (error) {
    if (error instanceof Fault) return { faults: [error.message] };
    throw error;
  }
}

function read(value: unknown, namespace: string, names: Names, path: string, level: number): AvroType {
  if (level > MAX_LEVELS) throw new Fault(`${path}: nests deeper than ${MAX_LEVELS} levels`);
  if (typeof value === 'string') return named(value, namespace, names, path);
  if (Array.isArray(value)) return readUnion(value, namespace, names, path, level);
  if (!isRecord(value))
    throw new Fault(`${path}: expected the name of a type, an object with "type", or a list of types`);
  const { type } = value;
  if (type === 'record' || type === 'error') return readRecord(value, namespace, names, path, level);
  if (type === 'enum') return readEnum(value, namespace, names, path);
  if (type === 'fixed') return readFixed(value, namespace, names, path);
  if (type === 'array')
    return { kind: 'array', items: read(value.items, namespace, names, `${path}/items`, level + 1) };
  if (type === 'map') return { kind: 'map', values: read(value.values, namespace, names, `${path}/values`, level + 1) };
  if (type === undefined) throw new Fault(`${path}: lacks "type"`);
  return meant(read(type, namespace, names, `${path}/type`, level + 1), value);
}

/** The type with what its values mean. A logical type that is not known, or stands on another type, is to be passed over. */
function meant(type: AvroType, { logicalType, scale }: Members): AvroType {
  const logical = (Object.keys(LOGICALS) as Logical[]).find((name) => name === logicalType);
  if (!logical || LOGICALS[logical] !== type.kind) return type;
  return {
    kind: type.kind,
    logical,
    ...(typeof scale === 'number' && Number.isInteger(scale) && scale >= 0 && scale <= 64 && { scale }),
  };
}

function named(name: string, namespace: string, names: Names, path: string): AvroType {
  if ((PRIMITIVES as readonly string[]).includes(name)) return { kind: name as Primitive };
  const found = names.get(fullName(name, namespace)) ?? names.get(name);
  if (!found)
    throw new Fault(`${path}: there is no type ${JSON.stringify(name)}; a name must be defined before it is used`);
  return found;
}

function readUnion(value: readonly unknown[], namespace: string, names: Names, path: string, level: number): AvroType {
  const branches = value.map((branch, index) => read(branch, namespace, names, `${path}/${index}`, level + 1));
  const seen = new Set<string>();
  for (const [index, branch] of branches.entries()) {
    if (branch.kind === 'union') throw new Fault(`${path}/${index}: a union may not stand directly in a union`);
    const key = 'name' in branch ? branch.name : branch.kind;
    if (seen.has(key)) throw new Fault(`${path}/${index}: ${key} stands in the union twice`);
    seen.add(key);
  }
  return { kind: 'union', branches };
}

type Members = Readonly<Record<string, unknown>>;

function readRecord(value: Members, outer: string, names: Names, path: string, level: number): AvroRecord {
  const { name, aliases, namespace } = define(value, outer, path);
  const record: AvroRecord = { kind: 'record', name, aliases, fields: [] };
  add(names, name, record, path);
  if (!Array.isArray(value.fields))
    throw new Fault(`${path}/fields: expected a list of fields, each with "name" and "type"`);
  const seen = new Set<string>();
  for (const [index, field] of value.fields.entries()) {
    const at = `${path}/fields/${index}`;
    if (!isRecord(field) || typeof field.name !== 'string' || !NAME.test(field.name))
      throw new Fault(`${at}/name: expected letters, digits and "_", not beginning with a digit`);
    if (seen.has(field.name)) throw new Fault(`${at}/name: there is a field "${field.name}" already`);
    seen.add(field.name);
    if (field.type === undefined) throw new Fault(`${at}: lacks "type"`);
    record.fields.push(readField(field, namespace, names, at, level));
  }
  return record;
}

function readField(field: Members, namespace: string, names: Names, path: string, level: number): AvroField {
  const type = read(field.type, namespace, names, `${path}/type`, level + 1);
  const { default: value } = field;
  if (value !== undefined && !isDefault(type, value))
    throw new Fault(
      `${path}/default: ${JSON.stringify(value)?.slice(0, 64)} is no ${type.kind} that "${field.name}" can be`,
    );
  return {
    name: String(field.name),
    aliases: textsOf(field.aliases, `${path}/aliases`),
    type,
    ...(value !== undefined && { fallback: { value } }),
  };
}

function readEnum(value: Members, outer: string, names: Names, path: string): AvroType {
  const { name, aliases } = define(value, outer, path);
  const symbols = textsOf(value.symbols, `${path}/symbols`);
  if (symbols.some((symbol) => !NAME.test(symbol))) throw new Fault(`${path}/symbols: expected names`);
  if (new Set(symbols).size < symbols.length) throw new Fault(`${path}/symbols: a symbol stands there twice`);
  const { default: fallback } = value;
  if (fallback !== undefined && !symbols.includes(String(fallback)))
    throw new Fault(`${path}/default: ${JSON.stringify(fallback)} is none of the symbols`);
  const type: AvroType = { kind: 'enum', name, aliases, symbols, ...(typeof fallback === 'string' && { fallback }) };
  add(names, name, type, path);
  return type;
}

function readFixed(value: Members, outer: string, names: Names, path: string): AvroType {
  const { name, aliases } = define(value, outer, path);
  const { size } = value;
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || size > MAX_FIXED)
    throw new Fault(`${path}/size: expected a whole number from 0 to ${MAX_FIXED}`);
  const type: AvroType = { kind: 'fixed', name, aliases, size };
  add(names, name, type, path);
  return type;
}

function define(value: Members, outer: string, path: string) {
  const { name: given, namespace: said } = value;
  if (typeof given !== 'string' || !FULL_NAME.test(given))
    throw new Fault(`${path}/name: expected letters, digits and "_", with dots between the parts`);
  if (said !== undefined && (typeof said !== 'string' || (said !== '' && !FULL_NAME.test(said))))
    throw new Fault(`${path}/namespace: expected names with dots between them`);
  const name = fullName(given, typeof said === 'string' ? said : outer);
  if ((PRIMITIVES as readonly string[]).includes(name))
    throw new Fault(`${path}/name: "${name}" is a type of Avro's own`);
  const namespace = name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : '';
  return {
    name,
    namespace,
    aliases: textsOf(value.aliases, `${path}/aliases`).map((alias) => fullName(alias, namespace)),
  };
}

function add(names: Names, name: string, type: AvroType, path: string): void {
  if (names.has(name)) throw new Fault(`${path}/name: "${name}" is defined already`);
  names.set(name, type);
}

function fullName(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
}

function textsOf(value: unknown, path: string): string[] {
  if (value === undefined && !path.endsWith('symbols')) return [];
  if (!Array.isArray(value) || value.some((one) => typeof one !== 'string'))
    throw new Fault(`${path}: expected a list of names`);
  return value as string[];
}
