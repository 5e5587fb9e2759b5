import { z } from 'zod';

/** What a visitor agrees to, or not. Sites may name others. */
export const BUILTIN_PURPOSES = ['analytics', 'personalization', 'marketing'] as const;
/** Purposes of a site, and of a profile's own choices, at most. */
export const MAX_PURPOSES = 16;

/** The name of a purpose. */
export const purposeSchema = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]{0,31}$/,
    'a purpose must be 1–32 small letters, digits or "_" and begin with a letter, e.g. "analytics"',
  );

/** What somebody decided, by purpose: true for yes. */
export const choicesSchema = z
  .record(purposeSchema, z.boolean())
  .refine((choices) => Object.keys(choices).length <= MAX_PURPOSES, `at most ${MAX_PURPOSES} purposes`);
export type Choices = z.infer<typeof choicesSchema>;
