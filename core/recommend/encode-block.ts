import { crc32 } from 'node:zlib';
import { fnv1a } from '../hash.ts';
import {
  BLOCK_MAGIC,
  BLOCK_VERSION,
  CRC_FROM_BYTES,
  countByte,
  HEADER_BYTES,
  HEADER_FIELDS,
  type Header,
  indexBytes,
  padded,
} from './block-format.ts';
import type { SessionUpdate } from './session-update.ts';

/** Sessions that hold an item, and those of them that are recent, over all shards. */
export interface ItemCounts {
  readonly sessions: number;
  readonly recent: number;
}

/**
 * Encodes the lists of a few items.
 *
 * @param lists for each item of the block its sessions, newest first.
 */
export function encodeBlock(
  lists: ReadonlyMap<string, readonly SessionUpdate[]>,
  countOf: (item: string) => ItemCounts,
): Uint8Array {
  const steps = encodeSteps(lists, countOf);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/**
 * As `encodeBlock`, in steps: each yields how many items of sessions it looked at, so that the caller can let others run between two.
 * The lists may change meanwhile; the block holds them as they were at the first step.
 */
export function* encodeSteps(
  lists: ReadonlyMap<string, readonly SessionUpdate[]>,
  countOf: (item: string) => ItemCounts,
): Generator<number, Uint8Array> {
  const owned = [...lists]
    .filter(([, list]) => list.length > 0)
    .map(([item, list]) => [item, list.slice()] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const dictionary = new Map<string, number>();
  const sessions = new Map<SessionUpdate, number>();
  const place = <K>(map: Map<K, number>, key: K): number => {
    const known = map.get(key);
    if (known !== undefined) return known;
    map.set(key, map.size);
    return map.size - 1;
  };
  for (const [item, list] of owned) {
    place(dictionary, item);
    let looked = list.length;
    for (const session of list) {
      if (sessions.has(session)) continue;
      place(sessions, session);
      for (const other of session.items) place(dictionary, other);
      looked += session.items.length;
    }
    yield looked;
  }
  const strings = [...dictionary.keys()].map((text) => new TextEncoder().encode(text));
  const table = [...sessions.keys()];
  const header: Header = {
    magic: BLOCK_MAGIC,
    version: BLOCK_VERSION,
    crc: 0,
    bytes: 0,
    strings: strings.length,
    stringBytes: strings.reduce((sum, { length }) => sum + length, 0),
    items: owned.length,
    listed: owned.reduce((sum, [, list]) => sum + list.length, 0),
    sessions: table.length,
    sessionItems: table.reduce((sum, { items }) => sum + items.length, 0),
  };
  const listWidth = indexBytes(header.sessions);
  const itemWidth = indexBytes(header.strings);
  header.bytes =
    HEADER_BYTES +
    padded(header.strings * 2) +
    padded(header.stringBytes) +
    padded(header.strings) * 2 +
    header.items * 4 +
    padded(header.items * 2) +
    padded(header.listed * listWidth) +
    header.sessions * 8 +
    padded(header.sessions) +
    padded(header.sessionItems * itemWidth);
  yield header.strings;
  const writer = new Writer(header.bytes);
  for (const field of HEADER_FIELDS) writer.put(header[field], 4);
  writer.column(
    strings.map(({ length }) => length),
    2,
  );
  writer.bytesOf(strings);
  yield header.strings;
  const counts = [...dictionary.keys()].map(countOf);
  writer.column(
    counts.map(({ sessions }) => countByte(sessions)),
    1,
  );
  // 0 for none: one session is one step up.
  writer.column(
    counts.map(({ recent }) => (recent > 0 ? Math.min(255, countByte(recent) + 1) : 0)),
    1,
  );
  writer.column(
    owned.map(([item]) => dictionary.get(item) ?? 0),
    4,
  );
  writer.column(
    owned.map(([, list]) => list.length),
    2,
  );
  writer.column(
    owned.flatMap(([, list]) => list.map((session) => sessions.get(session) ?? 0)),
    listWidth,
  );
  yield header.listed;
  writer.column(
    table.map(({ endedAt }) => Math.floor(endedAt / 1000)),
    4,
  );
  writer.column(
    table.map(({ id }) => fnv1a(id)),
    4,
  );
  writer.column(
    table.map(({ items }) => items.length),
    1,
  );
  yield header.sessions;
  for (const { items } of table) {
    for (const item of items) writer.put(dictionary.get(item) ?? 0, itemWidth);
    yield items.length;
  }
  writer.pad();
  const whole = writer.whole;
  new DataView(whole.buffer).setUint32(8, crc32(whole.subarray(CRC_FROM_BYTES)), true);
  return whole;
}

class Writer {
  readonly whole: Uint8Array;
  private readonly view: DataView;
  private at = 0;

  constructor(bytes: number) {
    this.whole = new Uint8Array(bytes);
    this.view = new DataView(this.whole.buffer);
  }

  put(value: number, width: 1 | 2 | 4): void {
    if (width === 1) this.view.setUint8(this.at, value);
    else if (width === 2) this.view.setUint16(this.at, value, true);
    else this.view.setUint32(this.at, value, true);
    this.at += width;
  }

  column(values: readonly number[], width: 1 | 2 | 4): void {
    for (const value of values) this.put(value, width);
    this.pad();
  }

  /** Goes on at the next multiple of 4. */
  pad(): void {
    this.at = padded(this.at);
  }

  bytesOf(parts: readonly Uint8Array[]): void {
    for (const part of parts) {
      this.whole.set(part, this.at);
      this.at += part.length;
    }
    this.pad();
  }
}
