import { estimateCardinality } from '../attributes/estimate.ts';
import { fnv1a } from '../hash.ts';

/**
 * How many values a property had in a minute, without the values: HyperLogLog (Flajolet et al., 2007) of 64 registers as a text of as many digits in
 * base 32. Any two of them have one for all that both have seen: of each register the higher. A standard error of 13 %, far less for some dozens.
 */
const REGISTERS = 64;
const MAX_RANK = 27;
const DIGITS = '0123456789abcdefghijklmnopqrstuv';
const EMPTY = DIGITS[0]?.repeat(REGISTERS) ?? '';

/** The sketch with one value more. */
export function addDistinct(sketch: string | undefined, value: string): string {
  const hash = mixed(fnv1a(value));
  const register = hash % REGISTERS;
  // The leading zeros of the 26 bits that do not choose the register.
  const rank = Math.clz32(hash >>> 6) - 6 + 1;
  const held = sketch ?? EMPTY;
  return rank <= rankAt(held, register) ? held : held.slice(0, register) + DIGITS[rank] + held.slice(register + 1);
}

/** The sketch of all that two have seen. */
export function mergeDistinct(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  let merged = '';
  for (let at = 0; at < REGISTERS; at += 1) merged += DIGITS[Math.max(rankAt(a, at), rankAt(b, at))];
  return merged;
}

/** About how many values it has seen. */
export function estimateDistinct(sketch: string | undefined): number {
  if (sketch === undefined) return 0;
  const histogram = new Array<number>(MAX_RANK + 1).fill(0);
  for (let at = 0; at < REGISTERS; at += 1) {
    const rank = rankAt(sketch, at);
    histogram[rank] = (histogram[rank] ?? 0) + 1;
  }
  return Math.round(estimateCardinality(histogram, { registers: REGISTERS, maxRank: MAX_RANK }));
}

function rankAt(sketch: string, register: number): number {
  return Math.max(0, DIGITS.indexOf(sketch[register] ?? '0'));
}

/** Spreads a hash over all of its bits (the finalizer of MurmurHash3; Appleby). */
function mixed(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
