import { DAY_MS } from '../../time.ts';
import type { AvroPrimitive, AvroType } from './type.ts';

/**
 * A value as the JSON that a producer without Avro would have sent: times and dates as ISO 8601, decimals as texts with all of their digits, bytes in
 * base64, whole numbers beyond 2^53 as texts; and a member of a record that is null is not there, since Avro has no other way to leave it out.
 */
export function plainJson(type: AvroType, value: unknown): unknown {
  switch (type.kind) {
    case 'array':
      return (value as unknown[]).map((one) => plainJson(type.items, one));
    case 'map':
      return membersOf(Object.entries(value as object).map(([name, one]) => [name, plainJson(type.values, one)]));
    case 'record': {
      const held = value as Record<string, unknown>;
      return membersOf(
        type.fields
          .filter(({ name }) => held[name] !== null)
          .map(({ name, type: of }) => [name, plainJson(of, held[name])]),
      );
    }
    case 'union': {
      // What a branch means can only be told where one has it.
      const branch = type.branches.find((one) => one.kind !== 'null' && isOf(one, value));
      return branch ? plainJson(branch, value) : value;
    }
    case 'enum':
      return value;
    case 'fixed':
      return Buffer.from(value as Uint8Array).toString('base64');
    default:
      return primitive(type, value);
  }
}

function primitive({ logical, scale = 0 }: AvroPrimitive, value: unknown): unknown {
  if (logical === 'decimal') return decimal(value as Uint8Array, scale);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value !== 'number')
    return typeof value === 'bigint' ? (timeOf(logical, Number(value)) ?? String(value)) : value;
  if (logical === 'date') return (isoOf(value * DAY_MS) ?? '').slice(0, 10) || value;
  return timeOf(logical, value) ?? (Number.isFinite(value) ? value : null);
}

function timeOf(logical: AvroPrimitive['logical'], value: number): string | undefined {
  if (logical === 'timestamp-millis') return isoOf(value);
  if (logical === 'timestamp-micros') return isoOf(value / 1e3);
  return logical === 'timestamp-nanos' ? isoOf(value / 1e6) : undefined;
}

/** ISO 8601; nothing where no calendar has the time. */
function isoOf(ms: number): string | undefined {
  const date = new Date(ms);
  return Number.isFinite(date.getTime()) ? date.toISOString() : undefined;
}

/** A number of two's complement, big end first, with so many digits behind the point. */
function decimal(bytes: Uint8Array, scale: number): string {
  let unscaled = 0n;
  for (const byte of bytes.subarray(0, MAX_DECIMAL)) unscaled = (unscaled << 8n) | BigInt(byte);
  unscaled = BigInt.asIntN(Math.min(bytes.length, MAX_DECIMAL) * 8, unscaled);
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return unscaled < 0n ? `-${text}` : text;
}
/** Bytes of a decimal that are read. */
const MAX_DECIMAL = 64;

function isOf(type: AvroType, value: unknown): boolean {
  switch (type.kind) {
    case 'int':
    case 'float':
    case 'double':
      return typeof value === 'number';
    case 'long':
      return typeof value === 'number' || typeof value === 'bigint';
    case 'bytes':
    case 'fixed':
      return value instanceof Uint8Array;
    case 'string':
    case 'enum':
      return typeof value === 'string';
    case 'array':
      return Array.isArray(value);
    case 'record':
      return isMembers(value) && type.fields.every(({ name }) => Object.hasOwn(value, name));
    case 'map':
      return isMembers(value);
    default:
      return typeof value === type.kind;
  }
}

function isMembers(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** An object, whatever its members are called. */
function membersOf(entries: [string, unknown][]): Record<string, unknown> {
  return Object.fromEntries(entries);
}
