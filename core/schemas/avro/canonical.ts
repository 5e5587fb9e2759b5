import type { AvroType } from './type.ts';

/**
 * The Parsing Canonical Form of a schema (Avro 1.12, "Transforming into Parsing Canonical Form"): what two schemas have in common that read each
 * other's data byte for byte. Names are full ones, and what is no part of the form of data is left out.
 */
export function canonicalForm(type: AvroType): string {
  return formOf(type, new Set());
}

function formOf(type: AvroType, defined: Set<AvroType>): string {
  switch (type.kind) {
    case 'array':
      return `{"type":"array","items":${formOf(type.items, defined)}}`;
    case 'map':
      return `{"type":"map","values":${formOf(type.values, defined)}}`;
    case 'union':
      return `[${type.branches.map((branch) => formOf(branch, defined)).join(',')}]`;
    case 'record':
    case 'enum':
    case 'fixed': {
      const name = JSON.stringify(type.name);
      if (defined.has(type)) return name;
      defined.add(type);
      if (type.kind === 'fixed') return `{"name":${name},"type":"fixed","size":${type.size}}`;
      if (type.kind === 'enum') return `{"name":${name},"type":"enum","symbols":${JSON.stringify(type.symbols)}}`;
      const fields = type.fields.map(
        (field) => `{"name":${JSON.stringify(field.name)},"type":${formOf(field.type, defined)}}`,
      );
      return `{"name":${name},"type":"record","fields":[${fields.join(',')}]}`;
    }
    default:
      return JSON.stringify(type.kind);
  }
}

/** The fingerprint of no bytes at all (Avro 1.12, "Schema Fingerprints"). */
const EMPTY = 0xc15d213aa4d7a795n;
let table: readonly bigint[] | undefined;

/** The CRC-64-AVRO of a schema's canonical form, as a signed 64-bit whole number. */
export function fingerprint(type: AvroType): bigint {
  table ??= Array.from({ length: 256 }, (_, byte) => {
    let value = BigInt(byte);
    for (let bit = 0; bit < 8; bit += 1) value = (value >> 1n) ^ (value & 1n ? EMPTY : 0n);
    return value;
  });
  let print = EMPTY;
  for (const byte of new TextEncoder().encode(canonicalForm(type)))
    print = (print >> 8n) ^ (table[Number((print ^ BigInt(byte)) & 0xffn)] ?? 0n);
  return BigInt.asIntN(64, print);
}
