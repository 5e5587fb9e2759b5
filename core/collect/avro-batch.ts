import { AvroError } from '../schemas/avro/bytes.ts';
import { readAvroJson } from '../schemas/avro/json-data.ts';
import { plainJson } from '../schemas/avro/plain-json.ts';
import { avroReader } from '../schemas/avro/read-data.ts';
import type { AvroType } from '../schemas/avro/type.ts';

/** The byte that Confluent's wire format begins with, and the id behind it. */
const MAGIC = 0;
const HEAD_BYTES = 5;

/** The id of the schema by which data in Confluent's wire format were written; nothing where they are none. */
export function schemaIdOf(bytes: Uint8Array): number | undefined {
  if (bytes.length < HEAD_BYTES || bytes[0] !== MAGIC) return undefined;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
}

/**
 * The events of data in Confluent's wire format: one record, or a list of them, each with the members of an event (`id`, `type`, `occurredAt`, …).
 *
 * @throws AvroError where the bytes are not what the schema says.
 */
export function avroEvents(type: AvroType, bytes: Uint8Array): readonly unknown[] {
  return eventsOf(plainJson(type, avroReader(type)(bytes, HEAD_BYTES)));
}

/** The events of data in Avro's JSON encoding. @throws AvroError where they are not what the schema says. */
export function avroJsonEvents(type: AvroType, json: unknown): readonly unknown[] {
  return eventsOf(plainJson(type, readAvroJson(type, json)));
}

function eventsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'object' && value !== null) return [value];
  throw new AvroError('an event is a record');
}
