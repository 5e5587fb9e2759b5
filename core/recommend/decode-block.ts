import { crc32 } from 'node:zlib';
import {
  BLOCK_MAGIC,
  BLOCK_VERSIONS,
  CRC_FROM_BYTES,
  countOfByte,
  HEADER_BYTES,
  HEADER_FIELDS,
  type Header,
  indexBytes,
  padded,
} from './block-format.ts';
import type { ItemTable } from './item-table.ts';

/** A block in memory: views on its bytes, and its dictionary in the isolate's numbering of items. */
export interface Block {
  /** Bytes that it holds in memory, about. */
  readonly bytes: number;
  /** Place in the item columns, by the item's number in the table. */
  readonly places: ReadonlyMap<number, number>;
  /** Where each item's list begins and ends. */
  readonly listStarts: Uint32Array;
  readonly listEnds: Uint32Array;
  readonly lists: Uint16Array | Uint32Array;
  /** The sessions one after another, each in one place of memory: its key, its end in seconds, its items by their numbers in the table. */
  readonly sessions: Uint32Array;
  /** Where each session begins; one more entry than sessions. */
  readonly sessionStarts: Uint32Array;
}

/** Places of a session's facts in `Block.sessions`, from its start. */
export const [SESSION_KEY, SESSION_END, SESSION_ITEMS] = [0, 1, 2] as const;

/**
 * Reads a block and enters its items, with how many sessions hold each, into the table.
 *
 * @throws when the bytes are not a whole block of a version this code reads.
 */
export function decodeBlock(bytes: Uint8Array, table: ItemTable): Block {
  const header = readHeader(bytes);
  const buffer = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  let at = HEADER_BYTES;
  const take = <T>(make: (offset: number) => T, length: number): T => {
    const column = make(buffer.byteOffset + at);
    at += padded(length);
    return column;
  };
  const source = buffer.buffer;
  const narrow = (count: number) => take((offset) => new Uint16Array(source, offset, count), count * 2);
  const wide = (count: number) => take((offset) => new Uint32Array(source, offset, count), count * 4);
  const small = (count: number) => take((offset) => new Uint8Array(source, offset, count), count);
  const indexed = (count: number, size: number) => (indexBytes(size) === 2 ? narrow(count) : wide(count));

  const stringLengths = narrow(header.strings);
  const strings = small(header.stringBytes);
  const counts = small(header.strings);
  const recents = header.version > 1 ? small(header.strings) : new Uint8Array(header.strings);
  const owned = wide(header.items);
  const listLengths = narrow(header.items);
  const lists = indexed(header.listed, header.sessions);
  const endSeconds = wide(header.sessions);
  const keys = wide(header.sessions);
  const sessionLengths = small(header.sessions);
  const localItems = indexed(header.sessionItems, header.strings);
  // The checksum does not cover the version, which decides on the columns.
  if (at !== header.bytes) throw new Error(`the block's columns take ${at} bytes, and it has ${header.bytes}`);

  const numbers = new Uint32Array(header.strings);
  const decoder = new TextDecoder();
  let from = 0;
  for (let index = 0; index < header.strings; index += 1) {
    const to = from + (stringLengths[index] ?? 0);
    const recent = recents[index] ?? 0;
    numbers[index] = table.enter(
      decoder.decode(strings.subarray(from, to)),
      countOfByte(counts[index] ?? 0),
      recent === 0 ? 0 : countOfByte(recent - 1),
    );
    from = to;
  }
  const listStarts = starts(listLengths);
  return {
    bytes: bytes.byteLength + header.sessionItems * 4 + header.sessions * 12 + header.strings * 4 + header.items * 32,
    places: new Map(Array.from(owned, (local, place) => [numbers[local] ?? 0, place])),
    listStarts,
    listEnds: listStarts.subarray(1),
    lists,
    ...layOutSessions(sessionLengths, keys, endSeconds, (place) => numbers[localItems[place] as number] ?? 0),
  };
}

/**
 * Puts what the columns say of each session side by side: a walk over sessions in no order waits for memory once a session.
 *
 * @param itemAt the number of an item, by its place among those of all sessions.
 */
export function layOutSessions(
  lengths: ArrayLike<number>,
  keys: ArrayLike<number>,
  endSeconds: ArrayLike<number>,
  itemAt: (place: number) => number,
): Pick<Block, 'sessions' | 'sessionStarts'> {
  const sessionStarts = new Uint32Array(lengths.length + 1);
  let at = 0;
  for (let session = 0; session < lengths.length; session += 1) {
    at += SESSION_ITEMS + (lengths[session] as number);
    sessionStarts[session + 1] = at;
  }
  const sessions = new Uint32Array(at);
  let place = 0;
  for (let session = 0; session < lengths.length; session += 1) {
    const start = sessionStarts[session] as number;
    sessions[start + SESSION_KEY] = keys[session] as number;
    sessions[start + SESSION_END] = endSeconds[session] as number;
    for (let item = 0; item < (lengths[session] as number); item += 1, place += 1)
      sessions[start + SESSION_ITEMS + item] = itemAt(place);
  }
  return { sessions, sessionStarts };
}

function readHeader(bytes: Uint8Array): Header {
  if (bytes.byteLength < HEADER_BYTES)
    throw new Error(`a block has at least ${HEADER_BYTES} bytes, this has ${bytes.byteLength}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = Object.fromEntries(
    HEADER_FIELDS.map((field, index) => [field, view.getUint32(index * 4, true)]),
  ) as Header;
  if (header.magic !== BLOCK_MAGIC) throw new Error('these bytes are no block');
  if (!BLOCK_VERSIONS.includes(header.version))
    throw new Error(`the block has version ${header.version}, this code reads ${BLOCK_VERSIONS.join(' and ')}`);
  if (header.bytes !== bytes.byteLength)
    throw new Error(`the block says ${header.bytes} bytes and has ${bytes.byteLength}`);
  if (header.crc !== crc32(bytes.subarray(CRC_FROM_BYTES))) throw new Error('the block does not match its checksum');
  return header;
}

function starts(lengths: Uint16Array): Uint32Array {
  const result = new Uint32Array(lengths.length + 1);
  for (let index = 0; index < lengths.length; index += 1)
    result[index + 1] = (result[index] ?? 0) + (lengths[index] ?? 0);
  return result;
}
