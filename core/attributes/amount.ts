import { ATTRIBUTE_CAPS } from './limits.ts';

/** Decimals that a sum keeps: no currency has more. */
const DECIMALS = 4;
const SCALE = 10 ** DECIMALS;

/**
 * A number as an integer of 1/10,000: decimal amounts such as 19.99 are taken exactly, further decimals are rounded in each event.
 * Nothing for what is no finite number or exceeds the largest amount. Sums are bigint, so they cannot overflow.
 */
export function scaledAmount(value: unknown): bigint | undefined {
  if (typeof value !== 'number' || !(Math.abs(value) <= ATTRIBUTE_CAPS.amount)) return undefined;
  return BigInt(value.toFixed(DECIMALS).replace('.', ''));
}

/** A sum of scaled amounts as a number; exact up to 2^53 / 10,000 (about 900 billion), then the nearest. */
export function unscaledAmount(sum: bigint): number {
  return Number(sum) / SCALE;
}
