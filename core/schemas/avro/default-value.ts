import { isRecord } from '../../json/values.ts';
import type { AvroType } from './type.ts';

const INT = 2 ** 31;
const LONG = 2 ** 63;

/** Whether a default, as JSON, is right for its type; for a union it is right for one of its branches (Avro 1.12). */
export function isDefault(type: AvroType, value: unknown): boolean {
  switch (type.kind) {
    case 'null':
      return value === null;
    case 'boolean':
      return typeof value === 'boolean';
    case 'int':
      return Number.isInteger(value) && -INT <= Number(value) && Number(value) < INT;
    case 'long':
      return Number.isInteger(value) && -LONG <= Number(value) && Number(value) < LONG;
    case 'float':
    case 'double':
      return typeof value === 'number' || value === 'NaN' || value === 'Infinity' || value === '-Infinity';
    case 'string':
      return typeof value === 'string';
    case 'bytes':
      return isBytes(value);
    case 'fixed':
      return isBytes(value) && value.length === type.size;
    case 'enum':
      return typeof value === 'string' && type.symbols.includes(value);
    case 'array':
      return Array.isArray(value) && value.every((one) => isDefault(type.items, one));
    case 'map':
      return isRecord(value) && Object.values(value).every((one) => isDefault(type.values, one));
    case 'union':
      return type.branches.some((branch) => isDefault(branch, value));
    case 'record':
      return (
        isRecord(value) &&
        type.fields.every(({ name, type: of, fallback }) =>
          Object.hasOwn(value, name) ? isDefault(of, value[name]) : fallback !== undefined,
        )
      );
  }
}

/** Bytes stand in JSON as a text, a character up to U+00FF each. */
function isBytes(value: unknown): value is string {
  return typeof value === 'string' && ![...value].some((character) => (character.codePointAt(0) ?? 0) > 255);
}
