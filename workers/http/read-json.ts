import type { z } from 'zod';
import { HttpError } from './error.ts';
import { parseJson } from './parse-json.ts';
import { readBoundedText } from './read-body.ts';

/** Issues of a body that one error names. */
const MAX_ISSUES = 5;

/** How a body is read, and what an error of it is called. */
interface Reading {
  readonly maxBytes: number;
  /** Stable reason of the 400, e.g. `invalid_webhook`. */
  readonly code: string;
  /** What the error says instead of the single issues, where these would not help. */
  readonly expected?: string;
}

/** The body of a request as its schema describes it. Throws 400 that says what is wrong and where, 413 or 415. */
export async function readJson<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
  { maxBytes, code, expected }: Reading,
): Promise<z.output<Schema>> {
  const parsed = schema.safeParse(parseJson((await readBoundedText(request, maxBytes)).text));
  if (parsed.success) return parsed.data;
  throw new HttpError(400, expected ?? issuesOf(parsed.error), { code });
}

/** A part of an address as its schema describes it. Throws 400. */
export function readParam<T>(schema: z.ZodType<T>, text: string, code: string): T {
  const parsed = schema.safeParse(text);
  if (!parsed.success) throw new HttpError(400, parsed.error.issues[0]?.message ?? 'It is not understood.', { code });
  return parsed.data;
}

/** What is wrong and where, in a line. */
export function issuesOf({ issues }: z.ZodError): string {
  return issues
    .slice(0, MAX_ISSUES)
    .map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`)
    .join('; ');
}
