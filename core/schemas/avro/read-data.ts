import { AvroBytes, AvroError } from './bytes.ts';
import { isDefault } from './default-value.ts';
import { avroConflicts, writtenField } from './resolve.ts';
import type { AvroField, AvroRecord, AvroType } from './type.ts';

type Read = (data: AvroBytes, depth: number) => unknown;

/** Levels of data, at most: a record that holds itself may go on for as long as its bytes do. */
const MAX_DEPTH = 256;

/**
 * Makes what reads data that were written with a schema: a whole number beyond 2^53 is a bigint, bytes are a Uint8Array, a union is the value itself.
 *
 * @param reader as which they are to be read, where that is another schema (Avro 1.12, "Schema Resolution").
 * @returns throws AvroError where the bytes are not such data, end too early, or do not end with them.
 * @throws AvroError where nothing of the one can be read as the other.
 */
export function avroReader(writer: AvroType, reader: AvroType = writer): (bytes: Uint8Array, at?: number) => unknown {
  const read = new Resolution().of(writer, reader);
  return (bytes, at) => {
    const data = new AvroBytes(bytes, at);
    const value = read(data, 0);
    if (!data.atEnd) throw new AvroError('there are bytes behind the data');
    return value;
  };
}

class Resolution {
  readonly #made = new Map<AvroType, Map<AvroType, { read: Read }>>();

  of(writer: AvroType, reader: AvroType): Read {
    const partners = this.#made.get(writer) ?? new Map<AvroType, { read: Read }>();
    this.#made.set(writer, partners);
    const known = partners.get(reader);
    if (known) return (data, depth) => known.read(data, depth);
    const held = { read: (() => undefined) as Read };
    partners.set(reader, held);
    const made = this.#make(writer, reader);
    held.read = (data, depth) => {
      if (depth > MAX_DEPTH) throw new AvroError(`the data nest deeper than ${MAX_DEPTH} levels`);
      data.count();
      return made(data, depth + 1);
    };
    return held.read;
  }

  #make(writer: AvroType, reader: AvroType): Read {
    if (writer.kind === 'union') return this.#fromUnion(writer.branches, reader);
    if (reader.kind === 'union') {
      const branch =
        reader.branches.find((one) => one.kind === writer.kind && avroConflicts(writer, one).length === 0) ??
        reader.branches.find((one) => avroConflicts(writer, one).length === 0);
      if (!branch) throw new AvroError(`no branch of the reader's union can be ${writer.kind}`);
      return this.of(writer, branch);
    }
    if (writer.kind === 'record' && reader.kind === 'record') return this.#record(writer, reader);
    if (avroConflicts(writer, reader).length > 0)
      throw new AvroError(`${writer.kind} cannot be read as ${reader.kind}`);
    if (writer.kind === 'array' && reader.kind === 'array') {
      const items = this.of(writer.items, reader.items);
      return (data, depth) => {
        const list: unknown[] = [];
        data.blocks(() => list.push(items(data, depth)));
        return list;
      };
    }
    if (writer.kind === 'map' && reader.kind === 'map') {
      const values = this.of(writer.values, reader.values);
      return (data, depth) => {
        const map: Record<string, unknown> = {};
        data.blocks(() => {
          const name = data.text();
          setMember(map, name, values(data, depth));
        });
        return map;
      };
    }
    if (writer.kind === 'enum' && reader.kind === 'enum') {
      const read = writer.symbols.map((symbol) => (reader.symbols.includes(symbol) ? symbol : reader.fallback));
      return (data) => {
        const symbol = read[data.int()];
        if (symbol === undefined) throw new AvroError(`${reader.name} has no such symbol`);
        return symbol;
      };
    }
    if (writer.kind === 'fixed') return (data) => data.bytes(writer.size).slice();
    return primitive(writer.kind, reader.kind);
  }

  #fromUnion(branches: readonly AvroType[], reader: AvroType): Read {
    const reads = branches.map((branch): Read => {
      if (avroConflicts(branch, reader).length > 0)
        return () => {
          throw new AvroError(`${branch.kind} cannot be read as ${reader.kind}`);
        };
      return this.of(branch, reader);
    });
    return (data, depth) => {
      const read = reads[data.int()];
      if (!read) throw new AvroError('the union has no such branch');
      return read(data, depth);
    };
  }

  #record(writer: AvroRecord, reader: AvroRecord): Read {
    if (
      avroConflicts(writer, reader).some(
        ({ rule }) => rule === 'NAME_MISMATCH' || rule === 'READER_FIELD_MISSING_DEFAULT_VALUE',
      )
    )
      throw new AvroError(`${writer.name} cannot be read as ${reader.name}`);
    const targets = new Map<AvroField, AvroField>();
    const missing: AvroField[] = [];
    for (const field of reader.fields) {
      const written = writtenField(writer, field);
      if (written) targets.set(written, field);
      else missing.push(field);
    }
    const steps = writer.fields.map((field) => {
      const target = targets.get(field);
      return { name: target?.name, read: this.of(field.type, target?.type ?? field.type) };
    });
    return (data, depth) => {
      const record: Record<string, unknown> = {};
      for (const { name, read } of steps) {
        const value = read(data, depth);
        if (name !== undefined) setMember(record, name, value);
      }
      for (const { name, type, fallback } of missing) setMember(record, name, fromDefault(type, fallback?.value));
      return record;
    };
  }
}

function primitive(written: string, read: string): Read {
  switch (written) {
    case 'null':
      return () => null;
    case 'boolean':
      return (data) => data.boolean();
    case 'int':
      return (data) => data.int();
    case 'long':
      return read === 'long' ? (data) => data.long() : (data) => Number(data.long());
    case 'float':
      return (data) => data.float();
    case 'double':
      return (data) => data.double();
    case 'bytes':
      return read === 'string' ? (data) => data.text() : (data) => data.bytes().slice();
    default:
      return read === 'bytes' ? (data) => data.bytes().slice() : (data) => data.text();
  }
}

/** A default, as JSON has it, as the value that data would be read as; a new one each time. */
function fromDefault(type: AvroType, value: unknown): unknown {
  switch (type.kind) {
    case 'bytes':
    case 'fixed':
      return Uint8Array.from(String(value), (character) => character.charCodeAt(0));
    case 'float':
    case 'double':
      return Number(value);
    case 'array':
      return (value as unknown[]).map((one) => fromDefault(type.items, one));
    case 'map':
      return Object.fromEntries(
        Object.entries(value as object).map(([name, one]) => [name, fromDefault(type.values, one)]),
      );
    case 'union': {
      const branch = type.branches.find((one) => isDefault(one, value));
      return branch ? fromDefault(branch, value) : value;
    }
    case 'record':
      return Object.fromEntries(
        type.fields.map(({ name, type: of, fallback }) => {
          const held = value as Record<string, unknown>;
          return [name, fromDefault(of, Object.hasOwn(held, name) ? held[name] : fallback?.value)];
        }),
      );
    default:
      return value;
  }
}

/** A name that would set the prototype is set as a member like the others. */
function setMember(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  else target[name] = value;
}
