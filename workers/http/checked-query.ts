import type { z } from 'zod';
import { HttpError } from './error.ts';

/**
 * The query of a request as its schema says.
 *
 * @throws HttpError 400 that names the first member that is wrong.
 */
export function checkedQuery<T>(schema: z.ZodType<T>, query: Readonly<Record<string, unknown>>): T {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new HttpError(400, `${issue?.path.join('.')}: ${issue?.message}`, { code: 'invalid_query' });
}
