import { z } from 'zod';

/** A text of 1 to `length` visible characters; `what` names it in the error. */
export function visible(length: number, what: string): z.ZodString {
  return z
    .string()
    .regex(
      new RegExp(`^[^\\s\\p{C}]{1,${length}}$`, 'u'),
      `${what} must be 1–${length} visible characters without spaces`,
    );
}
