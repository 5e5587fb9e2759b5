import { createHash } from 'node:crypto';

/** Registers of the sketch: its standard error is 1.04 / √256 = 6.5%. */
export const REGISTERS = 256;
/** Largest rank of a value: bits after the register's 8 that are looked at, and one. */
export const MAX_RANK = 31;

/** The first 64 bits of SHA-256 of a value, hex: two values among 256 share one once in 10^14. */
export function valueHash(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 16);
}

/** Register and rank of a hash as HyperLogLog has them: 8 bits, then the position of the first one among the next 30. */
export function registerOf(hash: string): { register: number; rank: number } {
  const register = Number.parseInt(hash.slice(0, 2), 16);
  const rest = Number.parseInt(hash.slice(2, 10), 16) >>> 2;
  return { register, rank: Math.clz32(rest) - 1 };
}
