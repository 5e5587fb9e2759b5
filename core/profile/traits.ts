import { z } from 'zod';
import { purposeSchema } from '../consent/purposes.ts';
import type { EnrichedEvent } from '../events/message.ts';
import { PROFILE_CAPS } from './limits.ts';
import type { Timed } from './newest.ts';
import { type Registers, setRegister } from './registers.ts';

/** What is known of a person himself; null takes a trait back. */
export type TraitValue = string | number | boolean | null;

/** A trait with where it came from and what it may be used for. */
export interface Trait extends Timed {
  readonly value: TraitValue;
  /** `identify`, or what an import named as its source. */
  readonly source: string;
  /** The purpose that its use needs. */
  readonly purpose: string;
}

/** Brings traits of another source, e.g. third-party demographics. Only the secret key may send it. */
export const IMPORT_EVENT = 'traits_imported';
/** What traits may be used for that say nothing of it. */
export const DEFAULT_PURPOSE = 'personalization';
const VALUE_LENGTH = 256;
const NAME_LENGTH = 64;

/** A trait's value as an import gives it. */
export const traitValueSchema = z.union([z.string().max(VALUE_LENGTH), z.number(), z.boolean(), z.null()], {
  error: `must be a text of at most ${VALUE_LENGTH} characters, a number, true, false or null`,
});

/** `properties` of `traits_imported`. */
export const importedTraitsSchema = z.object({
  source: z.string().regex(/^[\w.:-]{1,64}$/, 'source must be 1–64 letters, digits, "_", ".", ":" or "-", e.g. "crm"'),
  purpose: purposeSchema.default(DEFAULT_PURPOSE),
  traits: z
    .record(z.string().min(1).max(NAME_LENGTH), traitValueSchema)
    .refine((traits) => Object.keys(traits).length > 0, 'traits must hold at least one')
    .refine(
      (traits) => Object.keys(traits).length <= PROFILE_CAPS.traits,
      `traits must hold at most ${PROFILE_CAPS.traits}`,
    ),
});

/** Folds the traits that an event brings, in place: `identify` (its properties) and `traits_imported`. */
export function foldTraits(traits: Registers<Trait>, event: EnrichedEvent): void {
  for (const [name, value] of Object.entries(traitsIn(event))) {
    const parsed = traitValueSchema.safeParse(value);
    if (!parsed.success || name.length > NAME_LENGTH) continue;
    setRegister(traits, name, { value: parsed.data, ...originOf(event) }, PROFILE_CAPS.traits);
  }
}

/** The traits that may be used under these choices, by name. */
export function usableTraits(
  traits: Registers<Trait>,
  mayUse: (purpose: string) => boolean,
): Record<string, Exclude<TraitValue, null>> {
  const usable: Record<string, Exclude<TraitValue, null>> = {};
  for (const [name, { value, purpose }] of traits) if (value !== null && mayUse(purpose)) usable[name] = value;
  return usable;
}

function traitsIn({ type, properties = {} }: EnrichedEvent): Record<string, unknown> {
  if (type === 'identify') return properties;
  const { traits } = properties;
  return type === IMPORT_EVENT && typeof traits === 'object' && traits !== null ? { ...traits } : {};
}

function originOf({ type, id, time, properties = {} }: EnrichedEvent): Omit<Trait, 'value'> {
  const imported = type === IMPORT_EVENT;
  return {
    time,
    key: id,
    source: imported ? String(properties.source) : type,
    purpose: imported ? String(properties.purpose ?? DEFAULT_PURPOSE) : DEFAULT_PURPOSE,
  };
}
