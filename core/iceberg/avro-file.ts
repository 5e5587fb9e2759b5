import { createHash } from 'node:crypto';
import { AvroBuffer } from '../schemas/avro/bytes.ts';
import { readAvro } from '../schemas/avro/read-avro.ts';
import { writeAvro } from '../schemas/avro/write-data.ts';

const MAGIC = new TextEncoder().encode('Obj\x01');
const SYNC_BYTES = 16;

/**
 * Rows as an Avro object container file (Apache Avro 1.12, "Object Container Files"), uncompressed, in one block. The marker between blocks is made from
 * the content, so that equal rows make equal bytes.
 *
 * @param schema as JSON; it stands in the file as it is, with what Avro itself does not know.
 * @param meta further entries of the header.
 * @throws RangeError where the schema is none; AvroError where a row is none of it.
 */
export function avroFile(
  schema: object,
  rows: readonly object[],
  meta: Readonly<Record<string, string>> = {},
): Uint8Array {
  const read = readAvro(schema);
  if ('faults' in read) throw new RangeError(read.faults.join('; '));
  const body = new AvroBuffer();
  for (const row of rows) body.raw(writeAvro(read.type, row));
  const block = body.done();
  const header = Object.entries({ 'avro.schema': JSON.stringify(schema), 'avro.codec': 'null', ...meta });
  const sync = createHash('sha256').update(JSON.stringify(header)).update(block).digest().subarray(0, SYNC_BYTES);
  const out = new AvroBuffer();
  out.raw(MAGIC);
  out.long(header.length);
  for (const [name, value] of header) {
    out.text(name);
    out.text(value);
  }
  out.long(0);
  out.raw(sync);
  if (rows.length > 0) {
    out.long(rows.length);
    out.bytes(block);
    out.raw(sync);
  }
  return out.done();
}
