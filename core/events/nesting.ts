/** Deepest nesting of an event: far beyond what analytics reads, far below what makes a recursive reader run out of stack. */
export const MAX_NESTING = 32;

/** Whether arrays and objects nest deeper than `levels`. Never descends further than that. */
export function nestsDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const key in value) {
    if (nestsDeeper((value as Record<string, unknown>)[key], levels - 1)) return true;
  }
  return false;
}

/** The value with everything below `levels` left out, so that it can be kept and shown. */
export function cutNesting(value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return Array.isArray(value) ? '[…]' : '{…}';
  if (Array.isArray(value)) return value.map((member) => cutNesting(member, levels - 1));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, cutNesting(member, levels - 1)]));
}
