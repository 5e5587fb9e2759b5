import type { Functions } from '../cel/condition.ts';
import { currency } from '../events/field-readers.ts';

/**
 * The functions of constraints: `isCurrency(text)` is true of a code of ISO 4217; `linesTotal(list)` is the sum of price times quantity (1 where none is
 * said) of the lines of an order; `near(a, b, by)` is true of numbers that differ by at most `by`.
 */
export const CONSTRAINT_FUNCTIONS: Functions = {
  names: ['isCurrency', 'linesTotal', 'near'],
  addTo: (environment) => {
    environment.registerFunction('isCurrency(dyn): bool', isCurrency);
    environment.registerFunction('linesTotal(dyn): double', linesTotal);
    environment.registerFunction('near(dyn, dyn, dyn): bool', isNear);
  },
};

function isCurrency(code: unknown): boolean {
  return currency(code)?.value === code;
}

/** As many as the digits of a sum of prices are off. */
const ROUNDING = 1e-9;

function isNear(a: unknown, b: unknown, by: unknown): boolean {
  return Math.abs(Number(a) - Number(b)) <= Number(by) + ROUNDING;
}

function linesTotal(lines: unknown): number {
  if (!Array.isArray(lines)) return 0;
  return lines.reduce((sum: number, line: unknown) => {
    const { price, quantity } = (typeof line === 'object' && line !== null ? line : {}) as {
      price?: unknown;
      quantity?: unknown;
    };
    return sum + Number(price ?? 0) * Number(quantity ?? 1);
  }, 0);
}
