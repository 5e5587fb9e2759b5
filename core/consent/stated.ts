import { type Choices, choicesSchema } from './purposes.ts';

/**
 * What an event says of its visitor's consent, where Segment's consent management puts it: `context.consent.categoryPreferences`.
 *
 * @returns nothing when it says nothing, and what is wrong when it cannot be read.
 */
export function statedChoices(
  context: Readonly<Record<string, unknown>> | undefined,
): Choices | { readonly fault: string } | undefined {
  const consent = context?.consent;
  if (consent === undefined || consent === null) return undefined;
  const stated =
    typeof consent === 'object' && 'categoryPreferences' in consent ? consent.categoryPreferences : consent;
  const parsed = choicesSchema.safeParse(stated);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return {
    fault: `context.consent: ${issue?.message}. Expected { "categoryPreferences": { "analytics": true, … } }.`,
  };
}

/** Whether reading consent found a fault. */
export function isFault(
  stated: Choices | { readonly fault: string } | undefined,
): stated is { readonly fault: string } {
  return typeof stated?.fault === 'string';
}
