import type { z } from 'zod';
import { BUILTIN_PREFIX } from '../../core/schemas/builtin-schemas.ts';
import { readJson, readParam } from '../http/read-json.ts';
import { registryError } from './registry-error.ts';

/** A schema of 64 KB that stands as text in a JSON body. */
const MAX_BODY_BYTES = 262_144;

/** The body of a request to the registry. @throws 400. */
export function readBody<Schema extends z.ZodType>(request: Request, schema: Schema): Promise<z.output<Schema>> {
  return readJson(request, schema, { maxBytes: MAX_BODY_BYTES, code: 'invalid_body' });
}

/** The name of a subject in an address. @throws 400. */
export function readName(schema: z.ZodType<string>, text: string): string {
  return readParam(schema, text, 'invalid_subject');
}

/** Refuses to change a built-in subject. @throws 42205. */
export function mustBeOwn(subject: string): void {
  if (!subject.startsWith(BUILTIN_PREFIX)) return;
  const own = subject.slice(BUILTIN_PREFIX.length);
  throw registryError(
    42205,
    `"${subject}" is built in and cannot be changed. Extend it: register "${own}" with { "$ref": "${subject}" }.`,
  );
}

/** A number in an address. @throws 42202. */
export function readNumber(text: string): number {
  const number = Number(text);
  if (/^\d{1,9}$/.test(text) && number > 0) return number;
  throw registryError(42202, `"${text.slice(0, 32)}" is no version: expected a whole number from 1 on, or "latest".`);
}
