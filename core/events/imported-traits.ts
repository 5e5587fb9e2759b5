import { z } from 'zod';
import { purposeSchema } from '../consent/purposes.ts';

/** What is known of a person himself; null takes a trait back. */
export type TraitValue = string | number | boolean | null;

/** Traits of one import row, and of a profile. */
export const MAX_TRAITS = 64;
/** Brings traits of another source, e.g. third-party demographics. Only the secret key may send it. */
export const IMPORT_EVENT = 'traits_imported';
/** What traits may be used for that say nothing of it. */
export const DEFAULT_PURPOSE = 'personalization';
const VALUE_LENGTH = 256;
export const TRAIT_NAME_LENGTH = 64;

/** A trait's value as an import gives it. */
export const traitValueSchema = z.union([z.string().max(VALUE_LENGTH), z.number(), z.boolean(), z.null()], {
  error: `must be a text of at most ${VALUE_LENGTH} characters, a number, true, false or null`,
});

/** `properties` of `traits_imported`. */
export const importedTraitsSchema = z.object({
  source: z.string().regex(/^[\w.:-]{1,64}$/, 'source must be 1–64 letters, digits, "_", ".", ":" or "-", e.g. "crm"'),
  purpose: purposeSchema.default(DEFAULT_PURPOSE),
  traits: z
    .record(z.string().min(1).max(TRAIT_NAME_LENGTH), traitValueSchema)
    .refine((traits) => Object.keys(traits).length > 0, 'traits must hold at least one')
    .refine((traits) => Object.keys(traits).length <= MAX_TRAITS, `traits must hold at most ${MAX_TRAITS}`),
});
