import { isRecord } from '../json/values.ts';
import type { Choices } from './purposes.ts';

/** Categories of one statement that are looked at. */
const MAX_CATEGORIES = 64;

/** How a site's purposes are named: by themselves, and as its consent manager names them. */
export interface PurposeNames {
  readonly purposes: readonly string[];
  readonly categories: Readonly<Record<string, readonly string[]>>;
}

/**
 * What an event says of its visitor's consent, by the site's purposes: Segment's `context.consent.categoryPreferences` (or its members right in
 * `context.consent`), RudderStack's `context.consentManagement` with `allowedConsentIds` and `deniedConsentIds`. Categories are matched to
 * purposes by the site's settings, or by name, in any case; an unknown one grants nothing and refuses nothing.
 *
 * @returns nothing when it says nothing, and what is wrong when it cannot be read.
 */
export function statedChoices(
  names: PurposeNames,
  context: Readonly<Record<string, unknown>> | undefined,
): Choices | { readonly fault: string } | undefined {
  const consent = context?.consent ?? undefined;
  const managed = context?.consentManagement ?? undefined;
  if (consent === undefined && managed === undefined) return undefined;
  if (isRecord(managed))
    return purposesOf(names, [
      ...listed(managed.allowedConsentIds).map((name) => [name, true] as const),
      ...listed(managed.deniedConsentIds).map((name) => [name, false] as const),
    ]);
  const stated = isRecord(consent) && consent.categoryPreferences !== undefined ? consent.categoryPreferences : consent;
  if (isRecord(stated)) return purposesOf(names, Object.entries(stated));
  return { fault: 'context.consent: expected { "categoryPreferences": { "analytics": true, … } }.' };
}

/** Choices by category as choices by purpose. Where two categories of a purpose disagree, the refusal holds. */
export function purposesOf(names: PurposeNames, categories: readonly (readonly [string, unknown])[]): Choices {
  const choices: Choices = {};
  for (const [category, said] of categories.slice(0, MAX_CATEGORIES)) {
    const granted = answerOf(said);
    if (granted === undefined) continue;
    for (const purpose of purposesNamed(names, category)) choices[purpose] = granted && choices[purpose] !== false;
  }
  return choices;
}

function purposesNamed({ purposes, categories }: PurposeNames, category: string): readonly string[] {
  if (Object.hasOwn(categories, category)) return categories[category] ?? [];
  const name = plain(category);
  const mapped = Object.keys(categories).find((known) => plain(known) === name);
  if (mapped !== undefined) return categories[mapped] ?? [];
  return purposes.filter((purpose) => plain(purpose) === name);
}

/** A name without case, spaces and signs. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** Yes or no, in the words of consent managers; nothing for what is neither. */
function answerOf(said: unknown): boolean | undefined {
  if (typeof said === 'boolean') return said;
  if (said === 1 || said === 0) return said === 1;
  if (typeof said !== 'string') return undefined;
  if (/^(true|yes|granted|allow(ed)?|accepted|on|opt-?in|1)$/i.test(said)) return true;
  return /^(false|no|denied|deny|rejected|off|opt-?out|0)$/i.test(said) ? false : undefined;
}

function listed(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}

/** Whether reading consent found a fault. */
export function isFault(
  stated: Choices | { readonly fault: string } | undefined,
): stated is { readonly fault: string } {
  return typeof stated?.fault === 'string';
}
