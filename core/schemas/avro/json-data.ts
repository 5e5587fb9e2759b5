import { isRecord } from '../../json/values.ts';
import { AvroError } from './bytes.ts';
import type { AvroType } from './type.ts';
import { canBe } from './write-data.ts';

/** Levels of a value. */
const MAX_DEPTH = 64;
/** How JSON has what it has no number for. */
const UNNUMBERED: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/**
 * Writes a value in Avro's JSON encoding (Avro 1.12, "JSON Encoding"): bytes are a text of one character each, and a value of a union is an object whose
 * one member is called after its branch. Values as for `writeAvro`.
 *
 * @throws AvroError where the value is none of the schema's, with its place.
 */
export function writeAvroJson(type: AvroType, value: unknown): string {
  return written(type, value, '$');
}

function written(type: AvroType, value: unknown, path: string): string {
  if (!canBe(type, value)) throw new AvroError(`${path}: expected ${nameOf(type)}`);
  switch (type.kind) {
    case 'null':
      return 'null';
    case 'float':
    case 'double': {
      const number = type.kind === 'float' ? Math.fround(value as number) : (value as number);
      // JSON.stringify knows no -0.
      return Number.isFinite(number) ? (Object.is(number, -0) ? '-0' : String(number)) : `"${number}"`;
    }
    case 'int':
    case 'long':
      return String(value);
    case 'bytes':
    case 'fixed':
      return JSON.stringify(Buffer.from(value as Uint8Array).toString('latin1'));
    case 'array':
      return `[${(value as unknown[]).map((one, index) => written(type.items, one, `${path}[${index}]`)).join()}]`;
    case 'map':
      return members(
        Object.entries(value as object).map(([name, one]) => [name, written(type.values, one, `${path}.${name}`)]),
      );
    case 'union': {
      const branch = type.branches.find((one) => canBe(one, value)) as AvroType;
      return branch.kind === 'null' ? 'null' : members([[nameOf(branch), written(branch, value, path)]]);
    }
    case 'record': {
      const held = value as Record<string, unknown>;
      return members(
        type.fields.map(({ name, type: of, fallback }) => [
          name,
          written(of, Object.hasOwn(held, name) ? held[name] : fallback?.value, `${path}.${name}`),
        ]),
      );
    }
    default:
      return JSON.stringify(value);
  }
}

function members(entries: readonly (readonly [name: string, text: string])[]): string {
  return `{${entries.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join()}}`;
}

/**
 * Reads a value in Avro's JSON encoding, as `avroReader` gives it.
 *
 * @param json parsed; a whole number beyond 2^53 may be a text of its digits.
 * @throws AvroError where it is not what the schema says, with its place.
 */
export function readAvroJson(type: AvroType, json: unknown): unknown {
  return read(type, json, '$', 0);
}

function read(type: AvroType, json: unknown, path: string, depth: number): unknown {
  if (depth > MAX_DEPTH) throw new AvroError(`the data nest deeper than ${MAX_DEPTH} levels`);
  switch (type.kind) {
    case 'int':
    case 'long': {
      const value = typeof json === 'string' && /^-?\d{1,20}$/.test(json) ? wholeOf(json) : json;
      return checked(type, value, json, path);
    }
    case 'float':
    case 'double': {
      const value = typeof json === 'string' && Object.hasOwn(UNNUMBERED, json) ? UNNUMBERED[json] : json;
      const number = checked(type, value, json, path) as number;
      return type.kind === 'float' ? Math.fround(number) : number;
    }
    case 'bytes':
    case 'fixed': {
      const isBytes = typeof json === 'string' && /^[\0-\xff]*$/.test(json);
      return checked(type, isBytes ? new Uint8Array(Buffer.from(json, 'latin1')) : json, json, path);
    }
    case 'array':
      if (!Array.isArray(json)) throw wrong(type, json, path);
      return json.map((one, index) => read(type.items, one, `${path}[${index}]`, depth + 1));
    case 'map':
      if (!isRecord(json)) throw wrong(type, json, path);
      return Object.fromEntries(
        Object.entries(json).map(([name, one]) => [name, read(type.values, one, `${path}.${name}`, depth + 1)]),
      );
    case 'union': {
      const [[name, inner] = ['null', null], ...others] = isRecord(json) ? Object.entries(json) : [];
      const branch = type.branches.find((one) => nameOf(one) === name);
      if (!branch || others.length > 0 || (name === 'null' && json !== null)) {
        const names = type.branches.map((one) => (one.kind === 'null' ? 'null' : `{"${nameOf(one)}": …}`));
        throw new AvroError(`${path}: expected ${names.join(' or ')}`);
      }
      return read(branch, inner, path, depth + 1);
    }
    case 'record': {
      if (!isRecord(json)) throw wrong(type, json, path);
      const unknown = Object.keys(json).find((name) => !type.fields.some((field) => field.name === name));
      if (unknown !== undefined) throw new AvroError(`${path}: ${type.name} has no field ${JSON.stringify(unknown)}`);
      return Object.fromEntries(
        type.fields.map(({ name, type: of, fallback }) => {
          if (!Object.hasOwn(json, name) && fallback !== undefined) return [name, fallback.value];
          return [name, read(of, json[name], `${path}.${name}`, depth + 1)];
        }),
      );
    }
    default:
      return checked(type, json, json, path);
  }
}

/** A whole number from its digits: as a number up to 2^53, as a bigint beyond. */
function wholeOf(digits: string): number | bigint {
  const value = BigInt(digits);
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function checked(type: AvroType, value: unknown, json: unknown, path: string): unknown {
  if (value === undefined || !canBe(type, value)) throw wrong(type, json, path);
  return value;
}

function wrong(type: AvroType, json: unknown, path: string): AvroError {
  const found =
    json === undefined ? 'is not there' : `is ${Array.isArray(json) ? 'array' : json === null ? 'null' : typeof json}`;
  return new AvroError(`${path}: expected ${nameOf(type)}, but it ${found}`);
}

/** By what a branch of a union is called. */
function nameOf(type: AvroType): string {
  return 'name' in type ? type.name : type.kind;
}
