import { fnv1a } from '../hash.ts';
import { byWord, type Said } from './newest.ts';

/** Values by name, each the newest by (time, event id) of those that the shop's server said, or of all where it said none. */
export type Registers<T extends Said> = Map<string, T>;

/**
 * Sets a register, in place, unless what it holds goes before. Beyond `cap` names those with the smallest hash stay, so that what is kept
 * depends on the set of what was ever set and not on its order: a name that left ranks above `cap` others for ever.
 */
export function setRegister<T extends Said>(registers: Registers<T>, name: string, entry: T, cap: number): void {
  const there = registers.get(name);
  if (there && byWord(there, entry) <= 0) return;
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
