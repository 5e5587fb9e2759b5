import { fnv1a } from '../hash.ts';
import { byNewest, type Timed } from './newest.ts';

/** Values by name, each the newest by (time, event id). */
export type Registers<T extends Timed> = Map<string, T>;

/**
 * Sets a register, in place, unless it holds something newer. Beyond `cap` names those with the smallest hash stay, so that what is kept
 * depends on the set of what was ever set and not on its order: a name that left ranks above `cap` others for ever.
 */
export function setRegister<T extends Timed>(registers: Registers<T>, name: string, entry: T, cap: number): void {
  const there = registers.get(name);
  if (there && byNewest(there, entry) <= 0) return;
  registers.set(name, entry);
  if (registers.size <= cap) return;
  let largest = name;
  for (const other of registers.keys()) if (ranksAbove(other, largest)) largest = other;
  registers.delete(largest);
}

function ranksAbove(a: string, b: string): boolean {
  const difference = fnv1a(a) - fnv1a(b);
  return difference > 0 || (difference === 0 && a > b);
}
