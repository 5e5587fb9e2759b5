import { isRecord } from '../../json/values.ts';
import { AvroBuffer, AvroError } from './bytes.ts';
import type { AvroType } from './type.ts';

const INT = 2 ** 31;
const LONG = 2n ** 63n;

/**
 * Writes a value in Avro's binary encoding (Avro 1.12): a whole number may be a bigint, bytes are a Uint8Array, a value of a union stands as itself and
 * is written as the first branch that it can be. A member that is missing takes its default.
 *
 * @throws AvroError where the value is none of the schema's, with its place.
 */
export function writeAvro(type: AvroType, value: unknown): Uint8Array {
  const out = new AvroBuffer();
  write(out, type, value, '$');
  return out.done();
}

function write(out: AvroBuffer, type: AvroType, value: unknown, path: string): void {
  if (!canBe(type, value)) throw new AvroError(`${path}: expected ${'name' in type ? type.name : type.kind}`);
  switch (type.kind) {
    case 'null':
      return;
    case 'boolean':
      out.byte(value ? 1 : 0);
      return;
    case 'int':
    case 'long':
      out.long(value as number | bigint);
      return;
    case 'float':
      out.float(value as number);
      return;
    case 'double':
      out.double(value as number);
      return;
    case 'string':
      out.text(value as string);
      return;
    case 'bytes':
      out.bytes(value as Uint8Array);
      return;
    case 'fixed':
      out.raw(value as Uint8Array);
      return;
    case 'enum':
      out.long(type.symbols.indexOf(value as string));
      return;
    case 'array':
      writeBlock(out, value as unknown[], (one, index) => write(out, type.items, one, `${path}[${index}]`));
      return;
    case 'map':
      writeBlock(out, Object.entries(value as object), ([name, one]) => {
        out.text(name);
        write(out, type.values, one, `${path}.${name}`);
      });
      return;
    case 'union': {
      const index = type.branches.findIndex((branch) => canBe(branch, value));
      const branch = type.branches[index];
      if (!branch) throw new AvroError(`${path}: is no branch of the union`);
      out.long(index);
      write(out, branch, value, path);
      return;
    }
    case 'record':
      for (const { name, type: of, fallback } of type.fields) {
        const held = value as Record<string, unknown>;
        write(out, of, Object.hasOwn(held, name) ? held[name] : fallback?.value, `${path}.${name}`);
      }
  }
}

function writeBlock<T>(out: AvroBuffer, values: readonly T[], one: (value: T, index: number) => void): void {
  if (values.length > 0) {
    out.long(values.length);
    values.forEach(one);
  }
  out.long(0);
}

/** Whether a value can be of a type, as far as it stands at this place: what is inside of lists and maps is looked at when it is written. */
export function canBe(type: AvroType, value: unknown): boolean {
  switch (type.kind) {
    case 'null':
      return value === null || value === undefined;
    case 'boolean':
      return typeof value === 'boolean';
    case 'int':
      return Number.isInteger(value) && -INT <= Number(value) && Number(value) < INT;
    case 'long':
      return typeof value === 'bigint' ? -LONG <= value && value < LONG : Number.isSafeInteger(value);
    case 'float':
    case 'double':
      return typeof value === 'number';
    case 'string':
      return typeof value === 'string';
    case 'bytes':
      return value instanceof Uint8Array;
    case 'fixed':
      return value instanceof Uint8Array && value.length === type.size;
    case 'enum':
      return typeof value === 'string' && type.symbols.includes(value);
    case 'array':
      return Array.isArray(value);
    case 'map':
      return isMembers(value);
    case 'union':
      return type.branches.some((branch) => canBe(branch, value));
    case 'record':
      return (
        isMembers(value) &&
        type.fields.every(({ name, type: of, fallback }) =>
          Object.hasOwn(value, name) ? canBe(of, value[name]) : fallback !== undefined,
        )
      );
  }
}

function isMembers(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && !(value instanceof Uint8Array);
}
