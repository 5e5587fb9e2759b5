/**
 * A block: the sessions of a few items, immutable, little-endian. After the header come, each padded to 4 bytes:
 * lengths of the dictionary's strings (u16), the strings (UTF-8), how many sessions hold each dictionary item (u8), and how many recent
 * ones (u8, since version 2), for each item of the
 * block its place in the dictionary (u32) and the length of its list (u16), the lists (u16, or u32 with more than 65,535
 * sessions: places in the session table, newest first), and the session table: end in seconds (u32), key (u32), length (u8),
 * items (u16 or u32: places in the dictionary, oldest first).
 */
export const BLOCK_MAGIC = 0x424b5456;
export const BLOCK_VERSION = 2;
/** Versions that are read; blocks of the first one know of no recent sessions. */
export const BLOCK_VERSIONS: readonly number[] = [1, 2];

/** Header fields, each a u32, in this order. */
export const HEADER_FIELDS = [
  'magic',
  'version',
  'crc',
  'bytes',
  'strings',
  'stringBytes',
  'items',
  'listed',
  'sessions',
  'sessionItems',
] as const;
export type Header = Record<(typeof HEADER_FIELDS)[number], number>;
export const HEADER_BYTES = HEADER_FIELDS.length * 4;
/** The checksum covers what follows it. */
export const CRC_FROM_BYTES = 12;

/** A count is stored as 16·log2 of it, in one byte: exact to 2.2%. */
const COUNT_STEPS = 16;

/** The byte of a count of at least 1. */
export function countByte(count: number): number {
  return Math.min(255, Math.round(COUNT_STEPS * Math.log2(Math.max(1, count))));
}

/** The count that a byte stands for, about. */
export function countOfByte(byte: number): number {
  return 2 ** (byte / COUNT_STEPS);
}

/** Bytes of an index into a table of this size. */
export function indexBytes(size: number): 2 | 4 {
  return size > 0xffff ? 4 : 2;
}

/** The next multiple of 4. */
export function padded(bytes: number): number {
  return (bytes + 3) & ~3;
}
