import { vi } from 'vitest';

/** How long a test waits for what a queue brings, on a machine that has other things to do. */
export const PATIENCE = { timeout: 20_000, interval: 50 };

/** Tries until `check` does not throw any more, and gives what it gives. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, PATIENCE);
}
