import { CEL_LIMITS } from './limits.ts';

/** A text as a condition sees it. */
export const boundedText = (text: string): string => text.slice(0, CEL_LIMITS.inputTextLength);

/**
 * JSON as a condition sees it: lists and maps are cut to `inputMembers`, texts to `inputTextLength`, nesting to `inputDepth`. So no
 * event can make a condition slow. What fits is passed as it is.
 */
export function boundedInput(value: unknown, levels: number = CEL_LIMITS.inputDepth): unknown {
  if (typeof value === 'string') return boundedText(value);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (levels === 0) return null;
  if (Array.isArray(value)) {
    return value.slice(0, CEL_LIMITS.inputMembers).map((member) => boundedInput(member, levels - 1));
  }
  const bounded: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value).slice(0, CEL_LIMITS.inputMembers)) {
    // Else the name would set the prototype instead of a member.
    if (key !== '__proto__') bounded[key] = boundedInput(member, levels - 1);
  }
  return bounded;
}
